import { RlpromptError } from '../errors.js';
import { sparsemax } from '../losses/sparsemax.js';
import type { Rng } from '../random/rng.js';

/** What `PolicyHead.candidates` offers: the logits of the tokens that may follow each row. */
export interface Candidates {
  readonly rows: number;
  /** Candidates of one row. */
  readonly width: number;
  /** [rows, width]; largest first when `tokenIds` is given. */
  readonly logits: Float32Array;
  /** [rows, width]; undefined when a row is the whole vocabulary in order. */
  readonly tokenIds: Int32Array | undefined;
  /** V of the full policy, [rows] */
  readonly values: Float32Array;
}

export interface SamplingOptions {
  /** How logits become probabilities; `sparsemax` goes with the sparse Q-learning loss. @default 'softmax' */
  readonly distribution?: 'softmax' | 'sparsemax';
  /** Logits are divided by it. @default 1 */
  readonly temperature?: number;
  /** Keeps the fewest likeliest candidates whose probabilities reach this sum; 1 keeps all. @default 1 */
  readonly topP?: number;
}

export interface ChosenTokens {
  readonly tokenIds: number[];
  /** log π of the choice under the full softmax policy, [rows]. */
  readonly logProbs: Float32Array;
  /** log of the probability it was drawn with: after mask, top-k, top-p and temperature, [rows]. */
  readonly samplingLogProbs: Float32Array;
}

/**
 * Draws one token a row; rows draw in order, one number each.
 *
 * @throws RlpromptError E_POLICY_NONFINITE
 */
export function sampleTokens(
  candidates: Candidates,
  rng: Rng,
  { distribution = 'softmax', temperature = 1, topP = 1 }: SamplingOptions = {},
): ChosenTokens {
  return chooseEach(candidates, (logits) => {
    const probabilities = nucleus(
      distribution === 'sparsemax' ? sparse(logits, temperature) : softmax(logits, temperature),
      topP,
    );
    const chosen = drawIndex(probabilities, rng.float());
    return [chosen, Math.log(probabilities[chosen]!)];
  });
}

/** The token with the largest logit of each row; among equals the one offered first. */
export function greedyTokens(candidates: Candidates): ChosenTokens {
  return chooseEach(candidates, (logits) => [largestIndex(logits), 0]);
}

function chooseEach(
  { rows, width, logits, tokenIds, values }: Candidates,
  choose: (logits: Float32Array) => [index: number, samplingLogProb: number],
): ChosenTokens {
  const chosen: number[] = [];
  const logProbs = new Float32Array(rows);
  const samplingLogProbs = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    checkFinite(values[row]!, row);
    const [index, samplingLogProb] = choose(logits.subarray(row * width, (row + 1) * width));
    const cell = row * width + index;
    chosen.push(tokenIds ? tokenIds[cell]! : index);
    logProbs[row] = logits[cell]! - values[row]!;
    samplingLogProbs[row] = samplingLogProb;
  }
  return { tokenIds: chosen, logProbs, samplingLogProbs };
}

function checkFinite(value: number, row: number): void {
  if (Number.isFinite(value)) return;
  throw new RlpromptError({
    code: 'E_POLICY_NONFINITE',
    exit: 'numeric',
    message: `the policy's value of row ${row} is ${value}: its parameters or hidden states hold a number that is not finite`,
    next: 'start over with a smaller --learning-rate',
  });
}

function softmax(logits: Float32Array, temperature: number): Float64Array {
  const largest = logits[largestIndex(logits)]!;
  // A plain loop: `Float64Array.from` with a function takes ten times as long over a whole vocabulary.
  const exponentials = new Float64Array(logits.length);
  for (let i = 0; i < logits.length; i++) exponentials[i] = Math.exp((logits[i]! - largest) / temperature);
  return normalised(exponentials);
}

function sparse(logits: Float32Array, temperature: number): Float64Array {
  return normalised(sparsemax(logits.map((logit) => logit / temperature)).probabilities);
}

/** Holtzman et al., arXiv 1904.09751, equations 2 and 3. */
function nucleus(probabilities: Float64Array, topP: number): Float64Array {
  if (topP >= 1) return probabilities;
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  const kept = new Float64Array(probabilities.length);
  let sum = 0;
  for (const index of order) {
    if (sum >= topP) break;
    kept[index] = probabilities[index]!;
    sum += probabilities[index]!;
  }
  return normalised(kept);
}

/** Divides by the sum, in place. */
function normalised(weights: Float64Array): Float64Array {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i]!;
  for (let i = 0; i < weights.length; i++) weights[i] = weights[i]! / total;
  return weights;
}

/** @param uniform in [0, 1) */
function drawIndex(probabilities: Float64Array, uniform: number): number {
  let left = uniform;
  let last = 0;
  for (let index = 0; index < probabilities.length; index++) {
    const probability = probabilities[index]!;
    if (probability === 0) continue;
    last = index;
    left -= probability;
    if (left < 0) return index;
  }
  // Rounding may leave a crumb: it belongs to the last candidate that could be drawn at all.
  return last;
}

function largestIndex(logits: Float32Array): number {
  let best = 0;
  for (let index = 1; index < logits.length; index++) if (logits[index]! > logits[best]!) best = index;
  return best;
}
