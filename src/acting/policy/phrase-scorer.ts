import { type AdamState, adamStep } from '../../policy/parameters/adam.js';
import { type MlpParameters, PARAMETER_NAMES } from '../../policy/parameters/mlp-parameters.js';
import { fill, fillMoments, named, namedMoments } from '../../policy/parameters/saved-parameters.js';
import { Rng } from '../../random/rng.js';
import { distinct } from '../../statistics/distinct.js';
import { zip } from '../../statistics/zip.js';
import type { TrainerState } from '../../trainers/contract/types.js';

/** A state, and the phrases that may follow it. */
export interface Scored {
  /** [stateSize] */
  readonly state: Float32Array;
  /** [phraseSize] each */
  readonly phrases: readonly Float32Array[];
}

const INNER = 32;

/**
 * The trained score of a phrase after a state: linear, ReLU, linear to one number, over the two vectors side by side, fitted
 * by Adam. The first layer is a sum of a part for the state and one for the phrase, so each is computed once for all pairs.
 */
export class PhraseScorer {
  private readonly parameters: MlpParameters;
  private readonly adam: AdamState;

  constructor(
    private readonly stateSize: number,
    private readonly phraseSize: number,
    seed: number,
  ) {
    const rng = Rng.create(seed, 'search');
    this.parameters = this.zeros();
    const bound = Math.sqrt(6 / (stateSize + phraseSize));
    const { w1 } = this.parameters;
    for (let i = 0; i < w1.length; i++) w1[i] = bound * (2 * rng.float() - 1);
    // The last layer stays zero: the first scores are zero, and the policy is the LM itself.
    this.adam = { step: 0, firstMoments: this.zeros(), secondMoments: this.zeros() };
  }

  /** @returns the score of each phrase, one choice after another, [phrases of all choices] */
  scores(choices: readonly Scored[]): Float64Array {
    return this.forward(choices).scores;
  }

  /**
   * One step down any loss of the scores.
   * @param slopesOf d loss / d score of each phrase, from the scores
   */
  descend(choices: readonly Scored[], slopesOf: (scores: Float64Array) => Float64Array, learningRate: number): void {
    const { inner, pairs, scores, states, phrases } = this.forward(choices);
    const slopes = slopesOf(scores);
    const gradients = this.zeros();
    const { w2 } = this.parameters;
    const stateSlopes = new Float64Array(states.length * INNER);
    const phraseSlopes = new Float64Array(phrases.length * INNER);
    for (const [row, { state, phrase }] of pairs.entries()) {
      const slope = slopes[row]!;
      gradients.b2[0]! += slope;
      for (let k = 0; k < INNER; k++) {
        const active = inner[row * INNER + k]!;
        if (active === 0) continue;
        const own = slope * w2[k]!;
        gradients.w2[k]! += slope * active;
        gradients.b1[k]! += own;
        stateSlopes[state * INNER + k]! += own;
        phraseSlopes[phrase * INNER + k]! += own;
      }
    }
    addOuter(gradients.w1.subarray(0, this.stateSize * INNER), states, stateSlopes);
    addOuter(gradients.w1.subarray(this.stateSize * INNER), phrases, phraseSlopes);
    adamStep(this.parameters, gradients, this.adam, { learningRate });
  }

  save(): TrainerState {
    return {
      json: { step: this.adam.step },
      arrays: { ...named('policy', this.parameters), ...namedMoments('policy', this.adam) },
    };
  }

  restore({ json, arrays }: TrainerState): void {
    this.adam.step = json.step as number;
    fill('policy', this.parameters, arrays);
    fillMoments('policy', this.adam, arrays);
  }

  private zeros(): MlpParameters {
    const lengths = { w1: (this.stateSize + this.phraseSize) * INNER, b1: INNER, w2: INNER, b2: 1 };
    const arrays = PARAMETER_NAMES.map((name) => [name, new Float32Array(lengths[name])]);
    return Object.fromEntries(arrays) as MlpParameters;
  }

  private forward(choices: readonly Scored[]) {
    const { w1, b1, w2, b2 } = this.parameters;
    const states = distinct(choices.map(({ state }) => state));
    const phrases = distinct(choices.flatMap((choice) => choice.phrases));
    const owners = choices.flatMap((choice, place) => choice.phrases.map(() => states.places[place] ?? -1));
    const pairs = Array.from(zip(owners, phrases.places), ([state, phrase]) => ({ state, phrase }));
    const stateSums = products(states.items, w1.subarray(0, this.stateSize * INNER));
    const phraseSums = products(phrases.items, w1.subarray(this.stateSize * INNER));
    const inner = new Float64Array(pairs.length * INNER);
    const scores = new Float64Array(pairs.length).fill(b2[0]!);
    for (const [row, { state, phrase }] of pairs.entries()) {
      for (let k = 0; k < INNER; k++) {
        const active = Math.max(0, b1[k]! + stateSums[state * INNER + k]! + phraseSums[phrase * INNER + k]!);
        inner[row * INNER + k] = active;
        scores[row]! += active * w2[k]!;
      }
    }
    return { states: states.items, phrases: phrases.items, pairs, inner, scores };
  }
}

/** rows · weights, [rows, INNER] */
function products(rows: readonly Float32Array[], weights: Float32Array): Float64Array {
  const sums = new Float64Array(rows.length * INNER);
  for (const [row, vector] of rows.entries()) {
    const own = sums.subarray(row * INNER, (row + 1) * INNER);
    for (let j = 0; j < vector.length; j++) {
      const value = vector[j]!;
      for (let k = 0; k < INNER; k++) own[k]! += value * weights[j * INNER + k]!;
    }
  }
  return sums;
}

/** Adds Σ_row vector ⊗ slopes to a gradient, [vector, INNER]. */
function addOuter(gradient: Float32Array, rows: readonly Float32Array[], slopes: Float64Array): void {
  for (const [row, vector] of rows.entries()) {
    const own = slopes.subarray(row * INNER, (row + 1) * INNER);
    for (let j = 0; j < vector.length; j++) {
      const value = vector[j]!;
      for (let k = 0; k < INNER; k++) gradient[j * INNER + k]! += value * own[k]!;
    }
  }
}
