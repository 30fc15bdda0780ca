import type { LanguageModel } from '../../lm/model/types.js';
import type { Task } from '../../task/types.js';
import type { JudgeSettings } from '../judge/judge-settings.js';
import type { RewardTerm } from './reward-term.js';

/** What terms are made with: the part of a run's configuration that they know. */
export interface TermSettings extends JudgeSettings {
  /** Weights by name. */
  readonly terms: Readonly<Record<string, number>>;
  readonly combine: CombinationRule;
  /** File of the reward model of the term `preference`. */
  readonly rewardModel?: string | undefined;
  readonly seed: number;
  readonly promptLength: number;
  /** Weights of the classification reward, which give its range. */
  readonly correct: number;
  readonly incorrect: number;
}

/** How several terms become one reward; `combine-terms.ts` says what each means. */
export type CombinationRule = 'sum' | 'product' | 'hypervolume';

export interface TermParts {
  readonly task: Task;
  readonly generator: LanguageModel;
  readonly targetLm: LanguageModel;
  readonly settings: TermSettings;
  /** Loads a further language model by its name; the run disposes of it. */
  readonly load: (name: string) => Promise<LanguageModel>;
}

/** One entry of the registry. */
export interface TermKind {
  /** Why a task cannot give the term, known before a model is loaded; undefined where it can. */
  readonly refusal?: (task: Task, settings: TermSettings) => string | undefined;
  readonly create: (parts: TermParts) => RewardTerm | Promise<RewardTerm>;
}
