import type { LabelNormalisation } from '../../lm/model/types.js';
import type { StateSource } from '../../preferences/pooled-states.js';
import { zip } from '../../statistics/zip.js';
import { logSoftmax } from '../../trainers/policy/phrase-scores.js';
import { LmScores } from './lm-scores.js';
import { PhraseScorer } from './phrase-scorer.js';
import { SentenceStates } from './sentence-states.js';

/** A state of an environment as the frozen LM reads it: none of this ever changes, so it is computed once. */
export interface Choice {
  /** What stands before the action. */
  readonly text: string;
  readonly actions: readonly string[];
  /** log p of each phrase, normalised, [actions] */
  readonly lmScores: Float64Array;
  /** The observation, [2 * hiddenSize]. */
  readonly state: Float32Array;
  /** [hiddenSize] each */
  readonly phrases: readonly Float32Array[];
}

/**
 * π(a|s) = softmax over the admissible phrases of log p(a|s) / words (TWOSOME, arXiv 2401.14151, section 3.3) plus a trained
 * part, which reads the frozen LM's states of sentences and phrase. At the start that is zero: the policy is the LM itself.
 */
export class PhrasePolicy {
  private readonly choices = new Map<string, Promise<Choice>>();

  private constructor(
    private readonly lmScores: LmScores,
    private readonly states: SentenceStates,
    readonly trained: PhraseScorer,
  ) {}

  static async create(
    source: StateSource,
    { normalise, seed }: { normalise: LabelNormalisation; seed: number },
  ): Promise<PhrasePolicy> {
    const { hiddenSize } = source.hiddenStates;
    const trained = new PhraseScorer(2 * hiddenSize, hiddenSize, seed);
    return new PhrasePolicy(await LmScores.create(source, normalise), new SentenceStates(source), trained);
  }

  /** Numbers of `state` of a choice. */
  get stateSize(): number {
    return 2 * this.states.hiddenSize;
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

  /** What the LM makes of a text that stands for itself, as it does of an observation, [stateSize]. */
  stateOf(text: string): Promise<Float32Array> {
    return this.states.observation(text);
  }

  /** log p of each phrase after any text, normalised, [actions]; not kept, for such texts can be without number. */
  scoresAfter(text: string, actions: readonly string[]): Promise<Float64Array> {
    return this.lmScores.read(text, actions);
  }

  /** log π of each action, [actions]. */
  logProbs(choice: Choice): Float64Array {
    return this.withTrained(choice, this.trained.scores([choice]));
  }

  /** log π of each action from the scores of the trained part, [actions]. */
  withTrained({ lmScores }: Choice, trained: Float64Array): Float64Array {
    return logSoftmax(Float64Array.from(zip(lmScores, trained), ([lm, score]) => lm + score));
  }

  dispose(): Promise<void> {
    return this.lmScores.dispose();
  }

  private async read(text: string, actions: readonly string[]): Promise<Choice> {
    const state = await this.states.observation(text);
    const phrases: Float32Array[] = [];
    // One after the other: what is asked for at once is computed in one turn, and signals would wait for all of it.
    for (const action of actions) phrases.push(await this.states.phrase(action));
    return { text, actions, lmScores: await this.lmScores.after(text, actions), state, phrases };
  }
}
