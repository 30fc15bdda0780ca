import type { LanguageModel } from '../../../lm/model/types.js';
import type { Task } from '../../../task/types.js';
import type { JudgeSettings } from './judge-settings.js';
import type { Objective } from './objective.js';

/** What objectives are made with: the part of a run's configuration that they know. */
export interface ObjectiveSettings extends JudgeSettings {
  /** Weights by name. */
  readonly objectives: Readonly<Record<string, number>>;
  readonly combine: CombinationRule;
  /** File of the reward model of the objective `preference`. */
  readonly rewardModel?: string | undefined;
  readonly seed: number;
  readonly promptLength: number;
  /** Weights of the classification reward, which give its range. */
  readonly correct: number;
  readonly incorrect: number;
}

/** How several objectives become one reward; `combine-objectives.ts` says what each means. */
export type CombinationRule = 'sum' | 'product' | 'hypervolume';

export interface ObjectiveParts {
  readonly task: Task;
  readonly generator: LanguageModel;
  readonly targetLm: LanguageModel;
  readonly settings: ObjectiveSettings;
  /** Loads a further language model by its name; the run disposes of it. */
  readonly load: (name: string) => Promise<LanguageModel>;
}

/** One entry of the registry. */
export interface ObjectiveKind {
  /** Why a task cannot give the objective, known before a model is loaded; undefined where it can. */
  readonly refusal?: (task: Task, settings: ObjectiveSettings) => string | undefined;
  readonly create: (parts: ObjectiveParts) => Objective | Promise<Objective>;
}
