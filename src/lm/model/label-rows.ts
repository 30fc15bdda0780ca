import { RlpromptError } from '../../errors.js';
import { renderSegments } from '../../template/render-template.js';
import type { Template, TemplatePart } from '../../template/template.js';
import { type LabelScoreRequest, startTokenOf, type Tokenizer } from './types.js';

export interface LabelRow {
  readonly tokens: readonly number[];
  /** The parts of the text, with the input cut where it had to be. */
  readonly segments: readonly TemplatePart[];
}

export interface LabelRowOptions {
  readonly template: Template;
  /** Tokens that a row may have at most. */
  readonly limit: number;
  readonly encode: (text: string) => number[];
  readonly maskText?: string;
  /** What an input that is too long loses. @default 'tail' */
  readonly truncate?: TruncatedPart | undefined;
}

/** The part of an input that is left out where the whole does not fit. */
export type TruncatedPart = 'head' | 'tail' | 'middle';

/** Counts how often inputs had to be cut. */
export class TruncationCount {
  cut = 0;
  total = 0;
}

/**
 * The tokens of every row of a request: the whole text rendered, then tokenised. A text longer than the context loses
 * part of its input, never prompt, mask or template; such rows are counted.
 */
export function labelRows(
  request: Pick<LabelScoreRequest, 'rows' | 'prompts' | 'inputs'>,
  options: LabelRowOptions,
  count: TruncationCount,
): LabelRow[] {
  return request.rows.map(([promptIndex, inputIndex]) => {
    const prompt = request.prompts[promptIndex]!;
    const input = request.inputs[inputIndex]!;
    count.total++;
    const row = renderRow(input, prompt, options);
    if (row.tokens.length <= options.limit) return row;
    count.cut++;
    return cutRow(input, prompt, options);
  });
}

function renderRow(input: string, prompt: string, { template, encode, maskText }: LabelRowOptions): LabelRow {
  const segments = renderSegments(template, { input, prompt, ...(maskText !== undefined && { mask: maskText }) });
  return { tokens: encode(segments.map((segment) => segment.text).join('')), segments };
}

/** Keeps as many characters of the input as fit, found by bisection. */
function cutRow(input: string, prompt: string, options: LabelRowOptions): LabelRow {
  const characters = [...input.trim()];
  let fits = renderRow('', prompt, options);
  if (fits.tokens.length > options.limit) throw tooLong(prompt, fits.tokens.length, options.limit);
  let low = 0;
  let high = characters.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const row = renderRow(shortened(characters, middle, options.truncate), prompt, options);
    if (row.tokens.length <= options.limit) {
      low = middle;
      fits = row;
    } else {
      high = middle;
    }
  }
  return fits;
}

/** As many characters of a text, without the part that is to be left out. */
function shortened(characters: readonly string[], count: number, truncate: TruncatedPart = 'tail'): string {
  if (truncate === 'tail') return characters.slice(0, count).join('');
  if (truncate === 'head') return characters.slice(characters.length - count).join('');
  const end = count >> 1;
  return [...characters.slice(0, count - end), ' … ', ...characters.slice(characters.length - end)].join('');
}

/** What stands before a row's second slot of another kind: rows with the same value in the first share it. */
export function sharedText(segments: readonly TemplatePart[]): string {
  const first = segments.find(({ kind }) => kind !== 'text')?.kind;
  const second = segments.findIndex(({ kind }) => kind !== 'text' && kind !== first);
  return segments
    .slice(0, second < 0 ? segments.length : second)
    .map((segment) => segment.text)
    .join('')
    .trimEnd();
}

/** Length of the beginning that two rows have in common. */
export function commonLength(first: readonly number[], second: readonly number[]): number {
  const end = Math.min(first.length, second.length);
  for (let i = 0; i < end; i++) if (first[i] !== second[i]) return i;
  return end;
}

/**
 * Tokenises texts that an answer follows: with what the tokenizer puts before a text, without an end mark. A text of no
 * tokens becomes the start token alone.
 *
 * @param isRaw the text has its own marks: nothing is put before it
 */
export function openEncoder(tokenizer: Tokenizer, isRaw = false): (text: string) => number[] {
  const plain = tokenizer.encode('a');
  const around = tokenizer.encode('a', { special: true });
  const isClosed = around.at(-1) !== plain.at(-1);
  const start = startTokenOf(tokenizer);
  return (text) => {
    const tokens = tokenizer.encode(text, { special: !isRaw });
    if (isClosed && !isRaw) tokens.pop();
    return tokens.length > 0 ? tokens : [start];
  };
}

function tooLong(prompt: string, length: number, limit: number): RlpromptError {
  return new RlpromptError({
    code: 'E_CONTEXT_LENGTH',
    exit: 'data',
    message: `template and prompt alone take ${length} tokens, the model's context leaves ${limit}`,
    where: `prompt ${JSON.stringify(prompt.slice(0, 60))}`,
    next: 'use a shorter prompt or template, or a model with a longer context',
  });
}
