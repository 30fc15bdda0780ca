import { giveWay } from '../give-way.js';
import { Rng } from '../random/rng.js';
import { joinRows } from '../statistics/join-rows.js';
import { mean } from '../statistics/mean.js';
import { softmax } from '../statistics/softmax.js';
import { Critic } from '../trainers/policy/critic.js';
import type { FrozenLm } from './frozen-lm.js';
import { PrefixScorer, type ScorerFacts } from './prefix-scorer.js';

/** A text with its reward, from anywhere. */
export interface RewardedText {
  readonly prefix: string;
  /** What follows the prefix; the end token is the last one where the text ended. */
  readonly tokenIds: readonly number[];
  readonly reward: number;
}

export interface FitOptions {
  readonly loss: ScorerFacts['loss'];
  /** Passes over the texts. */
  readonly epochs: number;
  readonly seed: number;
}

/** A token of a text: the state it followed, and what the LM would have drawn after it. */
interface TokenRow {
  readonly features: Float32Array;
  /** Standardised. */
  readonly reward: number;
  /** Undefined for the last token of a text. */
  readonly next?: { readonly features: Float32Array; readonly probabilities: readonly number[] };
}

const TEXTS_AT_ONCE = 32;
const ROWS_AT_ONCE = 256;

/**
 * Fits V to texts with rewards (Mudgal et al., arXiv 2310.17022): `fudge` to the reward of the text that a prefix belongs
 * to, `cd-q` to the LM's own mean of V over the next token, and to the reward at a text's end. With `cd-q` the texts may
 * come from anywhere; with `fudge` V is that of whoever wrote them.
 */
export async function fitScorer(
  lm: FrozenLm,
  texts: readonly RewardedText[],
  facts: Pick<ScorerFacts, 'lm' | 'lmDigest' | 'reward'>,
  { loss, epochs, seed }: FitOptions,
): Promise<PrefixScorer> {
  const rewards = texts.map(({ reward }) => reward);
  const centre = mean(rewards);
  const deviation = Math.sqrt(mean(rewards.map((reward) => (reward - centre) ** 2))) || 1;
  const rows: TokenRow[] = [];
  for (let start = 0; start < texts.length; start += TEXTS_AT_ONCE) {
    const some = texts.slice(start, start + TEXTS_AT_ONCE);
    const standardised = some.map((text) => ({ ...text, reward: (text.reward - centre) / deviation }));
    rows.push(...(await tokenRows(lm, standardised, loss === 'cd-q')));
  }
  const critic = new Critic(lm.featureSize, seed);
  const rng = Rng.create(seed, 'examples');
  for (let epoch = 0; epoch < epochs; epoch++) {
    // Down to nothing: at a constant rate the last steps would leave all values off by a little.
    const rateFactor = 1 - epoch / epochs;
    const order = rng.shuffled(rows);
    for (let start = 0; start < order.length; start += ROWS_AT_ONCE) {
      const batch = order.slice(start, start + ROWS_AT_ONCE);
      await giveWay();
      critic.fit(joinRows(batch.map(({ features }) => features)), targets(critic, batch), 1, rateFactor);
    }
  }
  return new PrefixScorer({ ...facts, loss, texts: texts.length, mean: centre, deviation }, critic);
}

function targets(critic: Critic, batch: readonly TokenRow[]): number[] {
  const values = critic.values(joinRows(batch.flatMap(({ next }) => next?.features ?? [])));
  let place = 0;
  return batch.map(({ reward, next }) => {
    if (!next) return reward;
    return next.probabilities.reduce((sum, probability) => sum + probability * values[place++]!, 0);
  });
}

/** The tokens of some texts, which are read together; rows that have ended are read on and left out. */
async function tokenRows(lm: FrozenLm, texts: readonly RewardedText[], withNext: boolean): Promise<TokenRow[]> {
  const rows: TokenRow[] = [];
  const longest = Math.max(...texts.map(({ tokenIds }) => tokenIds.length));
  let step = await lm.begin(texts.map(({ prefix }) => lm.tokenizer.encode(prefix)));
  for (let time = 0; time < longest; time++) {
    const tokens = texts.map(({ tokenIds }) => tokenIds[time] ?? lm.endToken);
    const features = lm.features(step.hidden, tokens);
    step = await lm.advance(step, tokens);
    const after = withNext ? await nextOf(lm, step.hidden) : [];
    for (const [row, { tokenIds, reward }] of texts.entries()) {
      const own = features.slice(row * lm.featureSize, (row + 1) * lm.featureSize);
      const next = time + 1 < tokenIds.length ? after[row] : undefined;
      if (time < tokenIds.length) rows.push({ features: own, reward, ...(next ? { next } : {}) });
    }
  }
  step.state.dispose();
  return rows;
}

/** What the LM would draw after each state. */
async function nextOf(lm: FrozenLm, hidden: Float32Array): Promise<Required<TokenRow>['next'][]> {
  const { rows, width, logits, tokenIds } = await lm.candidates(hidden);
  return Array.from({ length: rows }, (_, row) => {
    const ids = tokenIds?.subarray(row * width, (row + 1) * width) ?? Array.from({ length: width }, (_, id) => id);
    const state = hidden.subarray(row * lm.hiddenSize, (row + 1) * lm.hiddenSize);
    const probabilities = softmax(logits.subarray(row * width, (row + 1) * width));
    return { features: lm.features(state, ids), probabilities };
  });
}
