import * as z from 'zod';
import { RlpromptError } from '../errors.js';
import { readText } from '../files/read/read-file.js';
import type { Tokenizer } from '../lm/model/types.js';
import type { RewardedText } from './fit-scorer.js';

const LINE = z.looseObject({
  prefix: z.string().default(''),
  text: z.string(),
  tokenIds: z.array(z.int().min(0)).min(1).optional(),
  reward: z.number(),
});

const LEAST = 8;

/**
 * Reads texts with rewards, one JSON object a line: `{"prefix", "text", "reward"}`, and `"tokenIds"` where the model wrote
 * the text itself.
 *
 * @throws RlpromptError `E_REWARDED_TEXTS` with the first bad line
 */
export function readRewardedTexts(path: string, tokenizer: Pick<Tokenizer, 'encode'>): RewardedText[] {
  const texts = readText(path)
    .split(/\r?\n/)
    .flatMap((line, index): RewardedText[] => {
      if (line.trim() === '') return [];
      const { prefix, text, reward, tokenIds = tokenizer.encode(text) } = parseLine(line, path, index + 1);
      return tokenIds.length > 0 ? [{ prefix, reward, tokenIds }] : [];
    });
  if (texts.length < LEAST) throw refused(path, `${texts.length} texts are too few: at least ${LEAST}`);
  if (texts.every(({ reward }) => reward === texts[0]?.reward)) throw refused(path, 'all rewards are equal');
  return texts;
}

function parseLine(line: string, path: string, number: number): z.infer<typeof LINE> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw refused(path, `line ${number} is not JSON`);
  }
  const parsed = LINE.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refused(path, `line ${number}: ${issue?.path.join('.')}: ${issue?.message}`);
}

function refused(path: string, message: string): RlpromptError {
  return new RlpromptError({
    code: 'E_REWARDED_TEXTS',
    exit: 'data',
    message,
    where: path,
    kept: 'the file is unchanged',
    next: 'rlprompt decode sample PREFIX --reward shorter --out FILE writes the expected form',
  });
}
