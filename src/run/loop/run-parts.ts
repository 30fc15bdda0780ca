import type { FullySettledConfig } from '../../config/defaults-for.js';
import type { RemoteUsage } from '../../lm/model/remote-usage.js';
import type { LanguageModel, Tokenizer } from '../../lm/model/types.js';
import type { PreparedEvaluator } from '../../rewards/create-evaluator.js';
import type { WeightedObjectives } from '../../rewards/objectives/weighted-objectives.js';
import type { Evaluator, Task } from '../../task/types.js';
import type { Template } from '../../template/template.js';
import type { Trainer } from '../../trainers/contract/types.js';
import type { EarlierSteps } from '../store/earlier-steps.js';
import type { LockedFolder } from '../store/locked-folder.js';
import type { EventLog } from '../store/logs/event-log.js';
import type { ScoreLog } from '../store/logs/score-log.js';

type PreparedReading = ReturnType<PreparedEvaluator['create']>['reading'];

/** What a run is put together from. */
export interface RunParts {
  readonly config: FullySettledConfig;
  readonly task: Task;
  readonly template: Template;
  readonly generator: LanguageModel;
  /** That of the generator LM. */
  readonly tokenizer: Tokenizer;
  readonly targetLm: LanguageModel;
  readonly trainer: Trainer;
  readonly evaluator: Evaluator;
  /** Classification only: how answers are read. */
  readonly reading?: PreparedReading | undefined;
  /** Counts the rows that were paid for and those that were known. */
  readonly cache: { forwards: number; cacheHits: number; readonly done?: number };
  readonly folder: LockedFolder;
  readonly events: EventLog;
  /** Steps of before, to be made again. */
  readonly earlier: EarlierSteps;
  readonly scores: ScoreLog;
  /** Of a custom task, whose file may change. */
  readonly taskDigest?: string | undefined;
  /** What the checkpoint knows was scored by another version of the task. */
  readonly isOtherTask: boolean;
  /** Where the reward has several objectives. */
  readonly objectives?: WeightedObjectives | undefined;
  /** What services and workers have done so far. */
  readonly usage: () => readonly RemoteUsage[];
}
