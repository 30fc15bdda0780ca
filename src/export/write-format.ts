import { RlpromptError } from '../errors.js';
import { shellWord } from '../shell-word.js';
import type {
  ExportedFile,
  ExportedPrompt,
  ExportedPrompts,
  ExportFormat,
  ExportOptions,
} from './contract/exported-prompt.js';
import { hasMessages } from './text/rendered-parts.js';

/**
 * The files of a format, a folder format's by their paths in the folder.
 * @throws RlpromptError E_EXPORT_TEXT where another program would read another text than was scored
 */
export function writeFormat(
  format: ExportFormat,
  prompts: ExportedPrompts,
  options: ExportOptions,
): readonly ExportedFile[] {
  for (const prompt of prompts) {
    const reason = messageProblem(format, prompt) ?? format.cannotHold?.(prompt);
    if (reason !== undefined) throw cannotHold(format, prompt, reason);
  }
  if ('renderFolder' in format) return format.renderFolder(prompts, options);
  return [{ path: format.file, text: format.render(prompts, options) }];
}

function messageProblem({ holdsMessages }: ExportFormat, prompt: ExportedPrompt): string | undefined {
  if (holdsMessages || !hasMessages(prompt)) return undefined;
  return 'its template has a system message, and this format is one text; openai-chat has both';
}

function cannotHold({ name }: ExportFormat, { rank, run }: ExportedPrompt, reason: string): RlpromptError {
  return new RlpromptError({
    code: 'E_EXPORT_TEXT',
    exit: 'data',
    message: `the format ${name} cannot hold the prompt of rank ${rank}: ${reason}`,
    where: '--format',
    next: `rlprompt export ${shellWord(run)} --format json --rank ${rank}`,
  });
}
