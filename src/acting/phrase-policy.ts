import { type HiddenStep, type LabelNormalisation, startTokenOf } from '../lm/model/types.js';
import { zeroParameters } from '../policy/mlp-parameters.js';
import { PolicyHead } from '../policy/policy-head.js';
import type { StateSource } from '../preferences/pooled-states.js';
import { joinRows } from '../statistics/join-rows.js';
import { zip } from '../statistics/zip.js';
import { Critic } from '../trainers/policy/critic.js';
import { logSoftmax } from '../trainers/policy/phrase-scores.js';

/** A state of an environment as the frozen LM reads it: none of this ever changes, so it is computed once. */
export interface Choice {
  readonly actions: readonly string[];
  /** log p of each phrase, normalised, [actions] */
  readonly lmScores: Float64Array;
  /** The state before the phrases, [hiddenSize]; the critic reads it. */
  readonly state: Float32Array;
  /** What the trained part reads: that state and the one after each phrase, [actions, 2 * hiddenSize]. */
  readonly features: Float32Array;
}

/**
 * π(a|s) = softmax over the admissible phrases of log p(a|s) / words (TWOSOME, arXiv 2401.14151, section 3.3) plus a
 * trained part, which reads the frozen LM's states. At the start the trained part is zero: the policy is the LM itself.
 */
export class PhrasePolicy {
  private readonly choices = new Map<string, Promise<Choice>>();

  private constructor(
    private readonly source: StateSource,
    private readonly head: PolicyHead,
    readonly trained: Critic,
    private readonly normalise: LabelNormalisation,
  ) {}

  static async create(
    source: StateSource,
    { normalise, seed }: { normalise: LabelNormalisation; seed: number },
  ): Promise<PhrasePolicy> {
    const { hiddenSize, vocabularySize } = source.hiddenStates;
    const { weights, bias } = await source.hiddenStates.head();
    const shape = { hiddenSize, innerSize: 1 };
    const parameters = zeroParameters(shape);
    const head = await PolicyHead.create({
      ...shape,
      vocabularySize,
      headWeights: weights,
      headBias: bias,
      parameters,
    });
    return new PhrasePolicy(source, head, new Critic(2 * hiddenSize, seed), normalise);
  }

  get hiddenSize(): number {
    return this.source.hiddenStates.hiddenSize;
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

  /** log π of each action, [actions]. */
  logProbs(choice: Choice): Float64Array {
    return this.withTrained(choice, this.trained.values(choice.features));
  }

  /** log π of each action from the values of the trained part, [actions]. */
  withTrained({ lmScores }: Choice, values: Float64Array): Float64Array {
    return logSoftmax(Float64Array.from(zip(lmScores, values), ([score, value]) => score + value));
  }

  dispose(): Promise<void> {
    return this.head.dispose();
  }

  private async read(text: string, actions: readonly string[]): Promise<Choice> {
    const { hiddenStates, tokenizer, contextLength } = this.source;
    const { hiddenSize } = hiddenStates;
    const phrases = actions.map((action) => tokenizer.encode(` ${action}`));
    const longest = Math.max(...phrases.map(({ length }) => length));
    const start = startTokenOf(tokenizer);
    // The end of a text is what counts where not all of it fits.
    const prefix = [start, ...tokenizer.encode(text)].slice(longest - contextLength);
    let step: HiddenStep = await hiddenStates.begin(phrases.map(() => prefix));
    const along: Float32Array[] = [step.hidden];
    for (let time = 0; time < longest; time++) {
      const tokens = phrases.map((phrase) => phrase[time] ?? start);
      step = await hiddenStates.advance(step.state, tokens);
      along.push(step.hidden);
    }
    step.state.dispose();
    const stateOf = (phrase: number, time: number): Float32Array =>
      along[time]?.subarray(phrase * hiddenSize, (phrase + 1) * hiddenSize) ?? new Float32Array(hiddenSize);
    const state = stateOf(0, 0).slice();
    const hidden = joinRows(phrases.flatMap((tokens, phrase) => tokens.map((_, time) => stateOf(phrase, time))));
    const { logProbs } = await this.head.lmLogProbs(hidden, phrases.flat());
    let place = 0;
    const sums = phrases.map((tokens) => tokens.reduce((sum) => sum + (logProbs[place++] ?? 0), 0));
    const lmScores = Float64Array.from(
      zip(sums, zip(phrases, actions)),
      ([sum, [tokens, action]]) => sum / this.divisor(tokens, action),
    );
    const features = joinRows(phrases.flatMap((tokens, phrase) => [state, stateOf(phrase, tokens.length)]));
    return { actions, lmScores, state, features };
  }

  private divisor(tokens: readonly number[], action: string): number {
    if (this.normalise === 'none') return 1;
    return this.normalise === 'token' ? tokens.length : action.split(/\s+/).length;
  }
}
