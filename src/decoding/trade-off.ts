import { Rng } from '../random/rng.js';
import { mean } from '../statistics/mean.js';
import type { FrozenLm } from './frozen-lm.js';
import {
  byScorers,
  decodeBlockWise,
  decodeTokenWise,
  type GuidedText,
  textOf,
  type WeightedScorer,
} from './guided-text.js';
import { requireRoom } from './require-room.js';
import { TEXT_REWARDS, type TextRewardName } from './text-rewards.js';

/** A way to decode: how far it goes from the LM, and what it draws for that. */
export type DecodingMethod =
  | { readonly kind: 'token-wise'; readonly strength: number }
  | { readonly kind: 'block-wise'; readonly blockLength: number; readonly candidates: number }
  | { readonly kind: 'best-of'; readonly candidates: number };

export interface DecodingRequest {
  readonly prefixes: readonly string[];
  readonly scorers: readonly WeightedScorer[];
  readonly reward: TextRewardName;
  /** Texts for each prefix. */
  readonly texts: number;
  readonly maxTokens: number;
  readonly seed: number;
}

export interface TradeOff {
  readonly method: DecodingMethod;
  /** Means over the texts. */
  readonly reward: number;
  readonly kl: number;
  readonly drawn: number;
}

/** Mean reward, KL to the LM and tokens drawn per text of each way to decode, on the same random numbers. */
export async function measureTradeOff(
  lm: FrozenLm,
  methods: readonly DecodingMethod[],
  request: DecodingRequest,
): Promise<TradeOff[]> {
  const rows: TradeOff[] = [];
  for (const method of methods) {
    const texts = (await decodeAll(lm, method, request)).map(({ decoded }) => decoded);
    const reward = mean(texts.map((text) => TEXT_REWARDS[request.reward](text)));
    rows.push({ method, reward, kl: mean(texts.map(({ kl }) => kl)), drawn: mean(texts.map(({ drawn }) => drawn)) });
  }
  return rows;
}

/**
 * Decodes the texts of a request; each has random numbers of its own.
 * @throws RlpromptError `E_CONTEXT_LENGTH` where a prefix leaves too little room
 */
export async function decodeAll(
  lm: FrozenLm,
  method: DecodingMethod,
  { prefixes, texts, seed, ...request }: DecodingRequest,
): Promise<{ prefix: string; decoded: GuidedText }[]> {
  requireRoom(lm, prefixes, request.maxTokens);
  const decoded: { prefix: string; decoded: GuidedText }[] = [];
  for (const prefix of prefixes) {
    const tokens = lm.tokenizer.encode(prefix);
    for (let i = 0; i < texts; i++) {
      const rng = Rng.ofPass(seed, 'sampling', decoded.length);
      decoded.push({ prefix, decoded: await decodeBy(lm, tokens, method, request, rng) });
    }
  }
  return decoded;
}

function decodeBy(
  lm: FrozenLm,
  prefix: readonly number[],
  method: DecodingMethod,
  { scorers, reward, maxTokens }: Pick<DecodingRequest, 'scorers' | 'reward' | 'maxTokens'>,
  rng: Rng,
): Promise<GuidedText> {
  if (method.kind === 'token-wise')
    return decodeTokenWise(lm, prefix, { strength: method.strength, scorers, maxTokens }, rng);
  if (method.kind === 'block-wise')
    return decodeBlockWise(lm, prefix, { ...method, maxTokens }, byScorers(lm, scorers), rng);
  const whole = { blockLength: maxTokens, candidates: method.candidates, maxTokens };
  const byReward = ({ texts }: { texts: readonly (readonly number[])[] }) =>
    texts.map((tokenIds) => TEXT_REWARDS[reward]({ text: textOf(lm, tokenIds) }));
  return decodeBlockWise(lm, prefix, whole, byReward, rng);
}
