import type { HiddenStep } from '../lm/model/types.js';
import { type Candidates, sampleTokens } from '../policy/sampling.js';
import type { Rng } from '../random/rng.js';
import { logSoftmax } from '../trainers/policy/phrase-scores.js';
import type { FrozenLm } from './frozen-lm.js';
import type { PrefixScorer } from './prefix-scorer.js';

export interface WeightedScorer {
  readonly scorer: PrefixScorer;
  readonly weight: number;
}

export interface GuidedText {
  /** The end token is the last one where the text ended. */
  readonly tokenIds: readonly number[];
  readonly text: string;
  /** KL to the LM itself in nats: exact along the text for token-wise decoding, its upper bound for block-wise. */
  readonly kl: number;
  /** Tokens that were drawn for it. */
  readonly drawn: number;
}

/** Continuations of one text that were drawn together. */
export interface DrawnBlock {
  readonly texts: readonly (readonly number[])[];
  /** The state before the last token of each, [texts, hiddenSize]. */
  readonly hidden: Float32Array;
  readonly last: readonly number[];
}

/** Whose continuation is kept is the one with the largest value. */
export type ScoreBlock = (block: DrawnBlock) => ArrayLike<number> | Promise<ArrayLike<number>>;

/**
 * Draws each token from p(z) e^{λ V(z)}, with V the weighted sum of the scorers (Mudgal et al., arXiv 2310.17022, equation
 * 5). With λ = 0 it is the LM itself.
 */
export async function decodeTokenWise(
  lm: FrozenLm,
  prefix: readonly number[],
  guide: { readonly strength: number; readonly scorers: readonly WeightedScorer[]; readonly maxTokens: number },
  rng: Rng,
): Promise<GuidedText> {
  const tokenIds: number[] = [];
  let kl = 0;
  let step: HiddenStep = await lm.begin([prefix]);
  while (tokenIds.length < guide.maxTokens) {
    const base = await lm.candidates(step.hidden);
    const guided = guideCandidates(lm, step.hidden, base, guide);
    kl += divergence(guided.logits, base.logits);
    tokenIds.push(...sampleTokens(guided, rng).tokenIds);
    if (tokenIds.at(-1) === lm.endToken || tokenIds.length === guide.maxTokens) break;
    step = await lm.advance(step, tokenIds.slice(-1));
  }
  step.state.dispose();
  return { tokenIds, text: textOf(lm, tokenIds), kl, drawn: tokenIds.length };
}

/** The logits of candidates with λ V added; `base` is that of the LM. */
export function guideCandidates(
  lm: FrozenLm,
  hidden: Float32Array,
  base: Candidates,
  { strength, scorers }: { readonly strength: number; readonly scorers: readonly WeightedScorer[] },
): Candidates {
  if (strength === 0) return base;
  const ids = base.tokenIds ?? Array.from(base.logits, (_, cell) => cell % base.width);
  const values = weighted(lm, scorers, hidden, ids);
  return { ...base, logits: base.logits.map((logit, cell) => logit + strength * values[cell]!) };
}

/**
 * Draws `candidates` continuations of `blockLength` tokens, keeps that with the largest value and continues from there. One
 * candidate is the LM itself; a block as long as the text is best-of-K.
 */
export async function decodeBlockWise(
  lm: FrozenLm,
  prefix: readonly number[],
  options: { readonly blockLength: number; readonly candidates: number; readonly maxTokens: number },
  score: ScoreBlock,
  rng: Rng,
): Promise<GuidedText> {
  const { blockLength, candidates, maxTokens } = options;
  const tokenIds: number[] = [];
  let [kl, drawn] = [0, 0];
  while (tokenIds.length < maxTokens && tokenIds.at(-1) !== lm.endToken) {
    const length = Math.min(blockLength, maxTokens - tokenIds.length);
    const block = await drawBlock(lm, [...prefix, ...tokenIds], { candidates, length }, rng);
    const values = await score(block);
    const best = block.texts.reduce((kept, _, row) => (values[row]! > values[kept]! ? row : kept), 0);
    tokenIds.push(...(block.texts[best] ?? []));
    kl += Math.log(candidates) - (candidates - 1) / candidates;
    drawn += block.texts.reduce((sum, text) => sum + text.length, 0);
  }
  return { tokenIds, text: textOf(lm, tokenIds), kl, drawn };
}

/** Scores a block by V after its last token. */
export function byScorers(lm: FrozenLm, scorers: readonly WeightedScorer[]): ScoreBlock {
  return ({ hidden, last }) => weighted(lm, scorers, hidden, last);
}

async function drawBlock(
  lm: FrozenLm,
  before: readonly number[],
  { candidates, length }: { candidates: number; length: number },
  rng: Rng,
): Promise<DrawnBlock> {
  const texts = Array.from({ length: candidates }, () => [] as number[]);
  const hidden = new Float32Array(candidates * lm.hiddenSize);
  const isOver = (text: readonly number[]): boolean => text.length === length || text.at(-1) === lm.endToken;
  let step: HiddenStep = await lm.begin(texts.map(() => before));
  while (true) {
    const drawn = sampleTokens(await lm.candidates(step.hidden), rng).tokenIds;
    for (const [row, text] of texts.entries()) {
      if (isOver(text)) continue;
      const start = row * lm.hiddenSize;
      hidden.set(step.hidden.subarray(start, start + lm.hiddenSize), start);
      text.push(drawn[row]!);
    }
    if (texts.every(isOver)) break;
    step = await lm.advance(step, drawn);
  }
  step.state.dispose();
  return { texts, hidden, last: texts.map((text) => text.at(-1)!) };
}

function weighted(
  lm: FrozenLm,
  scorers: readonly WeightedScorer[],
  hidden: Float32Array,
  tokenIds: ArrayLike<number>,
): Float64Array {
  const sums = new Float64Array(tokenIds.length);
  for (const { scorer, weight } of scorers) {
    for (const [i, value] of scorer.values(lm, hidden, tokenIds).entries()) sums[i]! += weight * value;
  }
  return sums;
}

/** KL(softmax(a) ‖ softmax(b)) */
function divergence(a: Float32Array, b: Float32Array): number {
  const [left, right] = [a, b].map((logits) => logSoftmax(Float64Array.from(logits))) as [Float64Array, Float64Array];
  return left.reduce((sum, logProb, i) => sum + Math.exp(logProb) * (logProb - right[i]!), 0);
}

/** Without the end token. */
export function textOf(lm: FrozenLm, tokenIds: readonly number[]): string {
  return lm.tokenizer.decode(tokenIds.filter((id) => id !== lm.endToken));
}
