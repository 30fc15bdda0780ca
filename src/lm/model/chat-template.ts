import { join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { readOrdinaryText } from '../../files/read-ordinary.js';
import type { RenderChat } from '../../template/chat-source.js';
import { isGgufFile, readGguf } from '../gguf/gguf-file.js';
import { ggufTokenizer } from '../gguf/gguf-tokenizer.js';
import { hasTimedOut, withinTime } from './within-time.js';

/** A model's own chat format, as the text that came with it. */
export interface ChatTemplate {
  /** Jinja. */
  readonly source: string;
  /** The names of special tokens, which it may use. */
  readonly tokens: Readonly<Record<string, string>>;
}

const MAX_BYTES = 4 * 1024 * 1024;
/** Formats that write today's date get a fixed one, that of Llama 3.1 without a clock, so that equal runs stay equal. */
const DATE = '26 Jul 2024';
const DATE_PARTS: Readonly<Record<string, string>> = {
  '%d': '26',
  '%m': '07',
  '%b': 'Jul',
  '%B': 'July',
  '%y': '24',
  '%Y': '2024',
  '%A': 'Friday',
};

/**
 * The chat template of a model folder: chat_template.jinja, chat_template.json, or that of tokenizer_config.json, in the
 * order of the Python library; undefined where there is none.
 */
export function readChatTemplate(folder: string): ChatTemplate | undefined {
  if (isGgufFile(folder)) return ggufChatTemplate(folder);
  const config = readJson(join(folder, 'tokenizer_config.json'));
  const source =
    readText(join(folder, 'chat_template.jinja')) ??
    templateText(readJson(join(folder, 'chat_template.json'))?.chat_template) ??
    templateText(config?.chat_template);
  if (source === undefined) return undefined;
  const named = { ...readJson(join(folder, 'special_tokens_map.json')), ...config };
  const tokens = Object.entries(named).flatMap(([name, value]): [string, string][] => {
    const content = typeof value === 'object' && value !== null && 'content' in value ? value.content : value;
    return /_token$/.test(name) && typeof content === 'string' ? [[name, content]] : [];
  });
  return { source, tokens: Object.fromEntries(tokens) };
}

function ggufChatTemplate(path: string): ChatTemplate | undefined {
  const file = readGguf(path);
  const source = file.metadata.get('tokenizer.chat_template');
  if (typeof source !== 'string') return undefined;
  return { source, tokens: ggufTokenizer(file).named as Record<string, string> };
}

/**
 * What renders messages with a chat template, as `apply_chat_template` of the Python library does. Thinking is off where
 * a template can turn it off: label words are the answer's first words.
 *
 * @throws RlpromptError `E_CHAT_TEMPLATE` where the template does not compile; the function, where it refuses messages
 */
export async function chatRenderer({ source, tokens }: ChatTemplate, model: string): Promise<RenderChat> {
  const { Template } = await import('@huggingface/jinja');
  // The library has a function of this name, which reads the clock.
  const compiled = attempt(model, () => new Template(source.replace(/\bstrftime_now\b/g, 'fixed_date')));
  return (messages, { isOpen }) =>
    attempt(model, () =>
      compiled.render({
        ...tokens,
        messages: messages.map((message) => ({ ...message })),
        add_generation_prompt: isOpen,
        enable_thinking: false,
        date_string: DATE,
        fixed_date: (format: string) => format.replace(/%\w/g, (part) => DATE_PARTS[part] ?? ''),
      }),
    );
}

/** A template is a program, and it may have loops. */
const DEADLINE_MS = 2000;

function attempt<Result>(model: string, work: () => Result): Result {
  try {
    return withinTime(work, DEADLINE_MS);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const problem = hasTimedOut(cause) ? `does not end within ${DEADLINE_MS} ms` : `says: ${reason}`;
    throw new RlpromptError({
      code: 'E_CHAT_TEMPLATE',
      exit: 'config',
      message: `the chat template of ${model} ${problem}`,
      where: '--chat',
      kept: 'nothing was scored',
      next: 'a template without {system}, or without --chat',
      cause,
    });
  }
}

/** A template, or the one called default of several. */
function templateText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const named = value.find((one: { name?: unknown }) => one?.name === 'default') as { template?: unknown } | undefined;
  return typeof named?.template === 'string' ? named.template : undefined;
}

/** The tokenizer has read these files: what is wrong with them has been said. */
function readJson(path: string): Record<string, unknown> | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readOrdinaryText(path, MAX_BYTES);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
