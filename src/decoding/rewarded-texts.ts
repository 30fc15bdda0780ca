import * as z from 'zod';
import { RlpromptError } from '../errors.js';
import { readText } from '../files/read/read-file.js';
import { countOf, groupDigits } from '../group-digits.js';
import type { Tokenizer } from '../lm/model/types.js';
import { plainIssue } from '../plain-issue.js';
import type { RewardedText } from './fit-scorer.js';

/** Larger rewards have no finite variance. */
const LARGEST = 1e100;

const LINE = z.looseObject({
  prefix: z.string().default(''),
  text: z.string(),
  tokenIds: z.array(z.int().min(0)).min(1).optional(),
  reward: z.number().min(-LARGEST).max(LARGEST),
  rewardName: z.string().optional(),
  /** Who wrote the token ids; files of earlier versions do not say it. */
  lm: z.string().optional(),
  lmDigest: z.string().optional(),
});

/** A line of a file, before there is a model to read its text. */
type TextLine = z.infer<typeof LINE> & { readonly number: number };

export interface RewardedTexts {
  readonly path: string;
  readonly lines: readonly TextLine[];
  /** Undefined where the lines name none, or several. */
  readonly rewardName: string | undefined;
}

/** The model whose tokens are meant. */
export interface TextReader {
  readonly name: string;
  readonly digest: string;
  readonly tokenizer: Pick<Tokenizer, 'encode' | 'decode'>;
  /** Ends a text, and stands in none. */
  readonly endToken: number;
  readonly vocabularySize: number;
  readonly contextLength: number;
}

const LEAST = 8;

/**
 * Reads texts with rewards, one JSON object a line: `{"prefix", "text", "reward"}`, and `"tokenIds"` where a model wrote the
 * text itself.
 *
 * @throws RlpromptError `E_REWARDED_TEXTS` with the first bad line
 */
export function readRewardedTexts(path: string): RewardedTexts {
  const lines = linesOf(path).map(([index, line]) => parseLine(line, path, index + 1));
  checkEnough(path, lines);
  const names = new Set(lines.map(({ rewardName }) => rewardName));
  return { path, lines, rewardName: names.size === 1 ? lines[0]?.rewardName : undefined };
}

/** Whether all lines of a file are texts with rewards. */
export function isRewardedTexts(path: string): boolean {
  try {
    for (const [index, line] of linesOf(path)) parseLine(line, path, index + 1);
    return true;
  } catch (error) {
    if (error instanceof RlpromptError) return false;
    throw error;
  }
}

function linesOf(path: string): (readonly [index: number, line: string])[] {
  return [...readText(path).split(/\r?\n/).entries()].filter(([, line]) => line.trim() !== '');
}

/**
 * The texts as the tokens of a model. A text without tokens is left out.
 * @throws RlpromptError `E_REWARDED_TEXTS` where token ids are those of another model, or a text is beyond the context
 */
export function tokensOf({ path, lines }: RewardedTexts, lm: TextReader): RewardedText[] {
  const texts = lines.flatMap((line): RewardedText[] => {
    const { prefix, text, reward, tokenIds = lm.tokenizer.encode(text) } = line;
    if (line.tokenIds) checkTokens(path, line, line.tokenIds, lm);
    checkLength(path, line, tokenIds.length, lm);
    return tokenIds.length > 0 ? [{ prefix, reward, tokenIds }] : [];
  });
  checkEnough(path, texts);
  return texts;
}

function checkEnough(path: string, texts: readonly { readonly reward: number }[]): void {
  if (texts.length < LEAST)
    throw refused(path, `it has ${countOf(texts.length, 'text')}, and at least ${LEAST} are needed`);
  if (texts.every(({ reward }) => reward === texts[0]?.reward)) throw refused(path, 'all rewards are equal');
}

function checkTokens(
  path: string,
  { number, text, lm: writer = 'another model', lmDigest }: TextLine,
  tokenIds: readonly number[],
  { name, digest, vocabularySize, tokenizer, endToken }: TextReader,
): void {
  if (lmDigest !== undefined && lmDigest !== digest) {
    const message = `line ${number}: its token ids are those of ${writer}, but the model is ${name} (its files differ)`;
    throw refused(
      path,
      message,
      `--model ${writer}, or remove "tokenIds" from all lines, and ${name} reads their texts`,
    );
  }
  const unknown = tokenIds.find((id) => id >= vocabularySize);
  const isText = () => tokenizer.decode(tokenIds.filter((id) => id !== endToken)) === text;
  if (unknown === undefined && isText()) return;
  const message =
    unknown === undefined
      ? `line ${number}: its text is not that of its token ids`
      : `line ${number}: ${name} has ${groupDigits(vocabularySize)} tokens, and none with the id ${unknown}`;
  throw refused(path, message, `remove "tokenIds" from all lines, and ${name} reads their texts`);
}

function checkLength(
  path: string,
  { number, prefix }: TextLine,
  tokens: number,
  { name, tokenizer, contextLength }: TextReader,
): void {
  const length = tokenizer.encode(prefix).length + tokens;
  if (length <= contextLength) return;
  const message = `line ${number}: prefix and text take ${length} tokens, and the context of ${name} is ${contextLength}`;
  throw refused(path, message, 'shorten the text or leave it out, or use a model with a longer context');
}

function parseLine(line: string, path: string, number: number): TextLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw refused(path, `line ${number} is not JSON`);
  }
  const parsed = LINE.safeParse(value);
  if (parsed.success) return { ...parsed.data, number };
  const [issue] = parsed.error.issues;
  throw refused(path, `line ${number}: ${issue ? plainIssue(issue, 'the line') : 'not a text'}`);
}

const WRITE_THEM = 'rlprompt decode sample PREFIX --reward shorter --out FILE writes the expected form';

function refused(path: string, message: string, next = WRITE_THEM): RlpromptError {
  return new RlpromptError({
    code: 'E_REWARDED_TEXTS',
    exit: 'data',
    message,
    where: path,
    kept: 'the file is unchanged',
    next,
  });
}
