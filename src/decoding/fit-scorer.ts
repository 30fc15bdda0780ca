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

/** A token of a text. Features are far larger than this, so they are made when they are read. */
interface TokenRow {
  /** The state that it followed, [hiddenSize] */
  readonly state: Float32Array;
  readonly tokenId: number;
  /** Standardised. */
  readonly reward: number;
  /** What the LM would have drawn after it; undefined for the last token of a text, and where the loss does not ask. */
  next?: Continuations;
}

interface Continuations {
  /** [hiddenSize] */
  readonly state: Float32Array;
  readonly tokenIds: ArrayLike<number>;
  readonly probabilities: readonly number[];
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
  for (const some of batchesOf(lm, texts)) {
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
      const read = lm.features(
        joinRows(batch.map(({ state }) => state)),
        batch.map(({ tokenId }) => tokenId),
      );
      critic.fit(read, targets(lm, critic, batch), 1, rateFactor);
    }
  }
  return new PrefixScorer({ ...facts, loss, texts: texts.length, mean: centre, deviation }, critic);
}

function targets(lm: FrozenLm, critic: Critic, batch: readonly TokenRow[]): number[] {
  const after = batch.flatMap(({ next }) => next ?? []);
  const states = joinRows(after.map(({ state }) => state));
  const tokenIds = after.flatMap((next) => Array.from(next.tokenIds));
  const values = critic.values(lm.features(states, tokenIds));
  let place = 0;
  return batch.map(({ reward, next }) => {
    if (!next) return reward;
    return next.probabilities.reduce((sum, probability) => sum + probability * values[place++]!, 0);
  });
}

/** Texts that are read together: as many as the longest prefix and the longest text leave within the context. */
function batchesOf(lm: FrozenLm, texts: readonly RewardedText[]): RewardedText[][] {
  const batches: RewardedText[][] = [];
  let [prefix, length] = [0, 0];
  for (const text of texts) {
    const own = lm.tokenizer.encode(text.prefix).length;
    [prefix, length] = [Math.max(prefix, own), Math.max(length, text.tokenIds.length)];
    const batch = batches.at(-1);
    if (batch && batch.length < TEXTS_AT_ONCE && prefix + length <= lm.contextLength) {
      batch.push(text);
      continue;
    }
    [prefix, length] = [own, text.tokenIds.length];
    batches.push([text]);
  }
  return batches;
}

/** The tokens of some texts, which are read together; rows that have ended are read on and left out. */
async function tokenRows(lm: FrozenLm, texts: readonly RewardedText[], withNext: boolean): Promise<TokenRow[]> {
  const rows: TokenRow[] = [];
  const longest = Math.max(...texts.map(({ tokenIds }) => tokenIds.length));
  let step = await lm.begin(texts.map(({ prefix }) => lm.tokenizer.encode(prefix)));
  let before: readonly (TokenRow | undefined)[] = [];
  for (let time = 0; time < longest; time++) {
    const states = rowsOf(lm, step.hidden);
    const after = withNext && time > 0 ? await nextOf(lm, step.hidden, states) : [];
    const now = texts.map(({ tokenIds, reward }, row): TokenRow | undefined => {
      const tokenId = tokenIds[time];
      return tokenId === undefined ? undefined : { state: states[row]!, tokenId, reward };
    });
    for (const [row, own] of now.entries()) {
      const [last, next] = [before[row], after[row]];
      if (own && last && next) last.next = next;
    }
    rows.push(...now.flatMap((own) => own ?? []));
    before = now;
    if (time + 1 === longest) break;
    step = await lm.advance(
      step,
      texts.map(({ tokenIds }) => tokenIds[time] ?? lm.endToken),
    );
  }
  step.state.dispose();
  return rows;
}

function rowsOf({ hiddenSize }: FrozenLm, hidden: Float32Array): Float32Array[] {
  return Array.from({ length: hidden.length / hiddenSize }, (_, row) => {
    return hidden.slice(row * hiddenSize, (row + 1) * hiddenSize);
  });
}

/** What the LM would draw after each state. */
async function nextOf(lm: FrozenLm, hidden: Float32Array, states: readonly Float32Array[]): Promise<Continuations[]> {
  const { width, logits, tokenIds } = await lm.candidates(hidden);
  return states.map((state, row) => {
    const ids = tokenIds?.slice(row * width, (row + 1) * width) ?? Array.from({ length: width }, (_, id) => id);
    return { state, tokenIds: ids, probabilities: softmax(logits.subarray(row * width, (row + 1) * width)) };
  });
}
