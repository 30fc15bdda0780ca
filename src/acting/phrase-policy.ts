import { type HiddenStep, type LabelNormalisation, startTokenOf } from '../lm/model/types.js';
import { initialParameters, type MlpParameters } from '../policy/mlp-parameters.js';
import { PolicyHead } from '../policy/policy-head.js';
import type { StateSource } from '../preferences/pooled-states.js';
import { zip } from '../statistics/zip.js';
import { logSoftmax } from '../trainers/policy/phrase-scores.js';

const INNER = 256;

/** A state of an environment as the frozen LM reads it: its hidden states never change, so they are computed once. */
export interface Choice {
  readonly actions: readonly string[];
  /** The state before the first token of a phrase, [hiddenSize]; the critic reads it. */
  readonly state: Float32Array;
  /** The states before each token of each phrase, phrase by phrase, [tokens, hiddenSize]. */
  readonly hidden: Float32Array;
  readonly tokenIds: readonly number[];
  /** By token: its phrase, and what the phrase's log-probability is divided by. */
  readonly phrases: readonly number[];
  readonly divisors: readonly number[];
}

/**
 * π(a|s) = softmax over the admissible phrases of log p(a|s) / words (TWOSOME, arXiv 2401.14151, section 3.3). p is the
 * frozen LM with the trained MLP before its head; at the start it is the LM itself.
 */
export class PhrasePolicy {
  private readonly choices = new Map<string, Promise<Choice>>();

  private constructor(
    private readonly source: StateSource,
    readonly head: PolicyHead,
    private readonly normalise: LabelNormalisation,
  ) {}

  static async create(
    source: StateSource,
    { normalise, seed }: { normalise: LabelNormalisation; seed: number },
  ): Promise<PhrasePolicy> {
    const { hiddenSize, vocabularySize } = source.hiddenStates;
    const { weights, bias } = await source.hiddenStates.head();
    const shape = { hiddenSize, innerSize: INNER };
    const head = await PolicyHead.create({
      ...shape,
      vocabularySize,
      headWeights: weights,
      headBias: bias,
      parameters: initialParameters(shape, seed),
      priorWeight: 1,
    });
    return new PhrasePolicy(source, head, normalise);
  }

  /** What the LM makes of a text and the phrases that may follow it. */
  look(text: string, actions: readonly string[]): Promise<Choice> {
    const key = JSON.stringify([text, actions]);
    const known = this.choices.get(key);
    if (known) return known;
    const choice = this.read(text, actions);
    this.choices.set(key, choice);
    return choice;
  }

  /** log π of each action, by choice. */
  async logProbs(choices: readonly Choice[]): Promise<Float64Array[]> {
    const { logProbs } = await this.head.logProbs(...rowsOf(choices));
    return this.distributions(choices, logProbs);
  }

  /** log π, and the gradients of Σ weights · (score of an action) with `weights` as [choice][action]. */
  async evaluate(
    choices: readonly Choice[],
  ): Promise<{ logProbs: Float64Array[]; gradients(weights: readonly ArrayLike<number>[]): Promise<MlpParameters> }> {
    const evaluation = await this.head.evaluate(...rowsOf(choices));
    return {
      logProbs: this.distributions(choices, evaluation.logProbs),
      gradients: (weights) => {
        const byToken = Array.from(zip(choices, weights)).flatMap(([{ phrases, divisors }, own]) =>
          Array.from(zip(phrases, divisors), ([phrase, divisor]) => (own[phrase] ?? 0) / divisor),
        );
        return evaluation.gradients({ weights: byToken });
      },
    };
  }

  dispose(): Promise<void> {
    return this.head.dispose();
  }

  private distributions(choices: readonly Choice[], logProbs: Float32Array): Float64Array[] {
    let place = 0;
    return choices.map(({ actions, phrases, divisors }) => {
      const scores = new Float64Array(actions.length);
      for (const [phrase, divisor] of zip(phrases, divisors)) {
        scores[phrase] = (scores[phrase] ?? 0) + (logProbs[place++] ?? 0) / divisor;
      }
      return logSoftmax(scores);
    });
  }

  private async read(text: string, actions: readonly string[]): Promise<Choice> {
    const { hiddenStates, tokenizer, contextLength } = this.source;
    const { hiddenSize } = hiddenStates;
    const phrases = actions.map((action) => tokenizer.encode(` ${action}`));
    const longest = Math.max(...phrases.map(({ length }) => length));
    const start = startTokenOf(tokenizer);
    // The end of a text is what counts where not all of it fits.
    const prefix = [start, ...tokenizer.encode(text).slice(1 + longest - contextLength)];
    let step: HiddenStep = await hiddenStates.begin(phrases.map(() => prefix));
    const state = step.hidden.slice(0, hiddenSize);
    const along: Float32Array[] = [];
    for (let time = 0; ; time++) {
      along.push(step.hidden);
      if (time + 1 >= longest) break;
      step = await hiddenStates.advance(
        step.state,
        phrases.map((tokens) => tokens[time] ?? start),
      );
    }
    step.state.dispose();
    const rows = phrases.flatMap((tokens, phrase) => tokens.map((token, time) => ({ token, phrase, time })));
    const hidden = new Float32Array(rows.length * hiddenSize);
    for (const [row, { phrase, time }] of rows.entries()) {
      hidden.set(along[time]?.subarray(phrase * hiddenSize, (phrase + 1) * hiddenSize) ?? [], row * hiddenSize);
    }
    const divisors = phrases.map((tokens, phrase) => this.divisor(tokens, actions[phrase] ?? ''));
    return {
      actions,
      state,
      hidden,
      tokenIds: rows.map(({ token }) => token),
      phrases: rows.map(({ phrase }) => phrase),
      divisors: rows.map(({ phrase }) => divisors[phrase] ?? 1),
    };
  }

  private divisor(tokens: readonly number[], action: string): number {
    if (this.normalise === 'none') return 1;
    return this.normalise === 'token' ? tokens.length : action.split(/\s+/).length;
  }
}

/** The rows of several choices, one after the other. */
function rowsOf(choices: readonly Choice[]): [hidden: Float32Array, tokenIds: number[]] {
  return [joined(choices.map(({ hidden }) => hidden)), choices.flatMap(({ tokenIds }) => tokenIds)];
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}
