import { RlpromptError } from '../../errors.js';
import { countOf } from '../../group-digits.js';
import { loadTokenizer } from '../../lm/model/tokenizer.js';
import type { Tokenizer } from '../../lm/model/types.js';
import { toVisibleJson } from '../../visible-json.js';
import type { CliContext } from '../output/context.js';
import { writeResult } from '../output/output.js';
import { installedModel } from './installed-model.js';

interface TokenOutput {
  readonly json: boolean;
  readonly context: CliContext;
}

/** Shows how a model's tokenizer cuts texts. The folder needs no weights. */
export async function writeTokens(
  model: string,
  texts: readonly string[],
  { json, context }: TokenOutput,
): Promise<void> {
  const tokenizer = await loadTokenizer(await installedModel(model));
  if (texts.length === 1 && texts[0] === '-') return await answerLines(tokenizer, context);
  if (texts.length === 0) throw noText();
  const rows = texts.map((text) => ({ text, ...tokensOf(tokenizer, text) }));
  if (json) {
    writeResult(context, `${toVisibleJson({ schemaVersion: 1, model, texts: rows })}\n`);
    return;
  }
  const lines = rows.map(({ text, ids, tokens }) => {
    const shown = tokens.map((token, i) => `  ${ids[i]}\t${JSON.stringify(token)}\n`).join('');
    return `${JSON.stringify(text)}: ${countOf(ids.length, 'token')}\n${shown}`;
  });
  writeResult(context, lines.join(''));
}

async function answerLines(tokenizer: Tokenizer, context: CliContext): Promise<void> {
  let number = 0;
  for await (const line of linesOf(context.stdin)) {
    number++;
    if (line.trim() === '') continue;
    writeResult(context, `${JSON.stringify(tokensOf(tokenizer, readText(line, number)))}\n`);
  }
}

/** Lines end in \n only: a JSON string may hold Unicode's line separators as they are. */
async function* linesOf(input: NodeJS.ReadStream): AsyncGenerator<string> {
  let rest = '';
  input.setEncoding('utf8');
  for await (const chunk of input) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function readText(line: string, number: number): string {
  let text: unknown;
  try {
    text = JSON.parse(line);
  } catch {
    text = undefined;
  }
  if (typeof text === 'string') return text;
  throw new RlpromptError({
    code: 'E_TOKENS_LINE',
    exit: 'data',
    message: 'not a JSON string',
    where: `standard input, line ${number}`,
    next: 'write each text as a JSON string, for instance "It was great"',
  });
}

function tokensOf(tokenizer: Tokenizer, text: string): { ids: number[]; tokens: string[] } {
  const ids = tokenizer.encode(text);
  return { ids, tokens: ids.map((id) => tokenizer.piece(id)) };
}

function noText(): RlpromptError {
  return new RlpromptError({
    code: 'E_TOKENS_TEXT',
    exit: 'usage',
    message: 'no text to cut into tokens',
    next: "rlprompt models tokens MODEL 'It was great'",
  });
}
