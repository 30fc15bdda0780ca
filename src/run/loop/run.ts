import type { RunConfig } from '../../config/run-config.js';
import type {
  Baseline,
  PromptInspection,
  PromptSummary,
  RunEvent,
  RunResult,
  StopReason,
  UnnumberedEvent,
} from '../../events.js';
import { matrixShapes } from '../../policy/parameters/saved-parameters.js';
import { type UnlikelyWords, unlikelyWords } from '../../rewards/classification/unlikely-words.js';
import { RewardShaper } from '../../rewards/shaping/reward-shaper.js';
import type { Evaluator, Task } from '../../task/types.js';
import type { Template } from '../../template/template.js';
import type { Trainer } from '../../trainers/contract/types.js';
import type { StoredCheckpoint } from '../checkpoint/checkpoint.js';
import { type RunRows, runRows } from '../plan/run-rows.js';
import { ConditionedPolicies } from '../policies/conditioned-policies.js';
import { PromptPool } from '../select/prompt-pool.js';
import { Readability } from '../select/readability.js';
import { ReadingState } from '../select/reading-state.js';
import { splitShares } from '../select/selection.js';
import type { EarlierSteps } from '../store/earlier-steps.js';
import { RunStore } from '../store/run-store.js';
import { Activity } from '../watch/activity.js';
import type { UsedBudget } from '../watch/budget.js';
import { Watch } from '../watch/watch.js';
import { inspectPrompt } from './inspect-prompt.js';
import { ObjectiveWeights } from './objective-weights.js';
import { RequestQueue } from './run-controls.js';
import type { RunParts } from './run-parts.js';
import { describeStart } from './run-start.js';
import type { SavedRun } from './saved-run.js';
import { StepData } from './step-data.js';

/** A run between two steps: its parts, each with one duty, and how they are saved and restored together. */
export class Run {
  readonly config: RunConfig;
  readonly task: Task;
  readonly trainer: Trainer;
  readonly evaluator: Evaluator;
  readonly template: Template;
  /** What the user asks for while it runs. */
  readonly requests: RequestQueue;
  /** What it is doing, for displays. */
  readonly activity: Activity;
  /** Rows that each part of it will take. */
  readonly forecast: RunRows;
  readonly store: RunStore;
  readonly data: StepData;
  readonly shaper: RewardShaper;
  readonly weights: ObjectiveWeights;
  readonly reading: ReadingState;
  readonly prompts: PromptPool;
  readonly readability: Readability | undefined;
  /** Where the policy reads inputs: what is looked for is a policy then, not a prompt. */
  readonly policies: ConditionedPolicies | undefined;
  readonly watch: Watch;
  readonly earlier: EarlierSteps;
  step = 0;
  /** Prompts that were best by another version of the task, best first. */
  scoredBefore: readonly PromptSummary[] = [];
  private readonly resumedAtStep: number | undefined;

  constructor(
    private readonly parts: RunParts,
    private readonly warnings: readonly string[],
    checkpoint: StoredCheckpoint | undefined,
    private readonly closers: readonly (() => unknown)[],
  ) {
    const { config, task, trainer, evaluator, objectives, events } = parts;
    const { train, dev } = task.splits;
    const { metric } = evaluator;
    const sizes = { train: train.length, dev: dev.length };
    const order = { capacity: config.topPromptsKept, metric, shares: splitShares(config.select, sizes) };
    this.activity = new Activity(() => parts.cache.done ?? parts.cache.forwards);
    this.requests = new RequestQueue(parts.usage, () => this.activity.progress);
    this.config = config;
    this.task = task;
    this.trainer = trainer;
    this.evaluator = evaluator;
    this.template = parts.template;
    this.store = new RunStore(parts.folder, events, parts.scores);
    this.earlier = parts.earlier;
    this.data = new StepData(task, config, { readsInputs: trainer.conditioned !== undefined });
    this.shaper = new RewardShaper(config, { keepsParts: objectives !== undefined });
    this.weights = new ObjectiveWeights(objectives, events.lostWeights);
    this.reading = new ReadingState(parts);
    this.prompts = new PromptPool(parts.tokenizer, {
      ...order,
      promptLength: config.promptLength,
      minPromptLength: config.minPromptLength,
      examplesMet: this.data.examplesMet,
      stepNow: () => this.step,
    });
    this.readability = Readability.of(parts.generator, config, task);
    this.policies = trainer.conditioned && new ConditionedPolicies(trainer.conditioned, order);
    this.forecast = runRows(task, config);
    const rowsAhead = this.forecast.step.high + this.forecast.final.high;
    this.watch = new Watch(config, { metric, sizes, elapsedBefore: events.elapsedSeconds, rowsAhead });
    this.resumedAtStep = checkpoint?.step;
    if (checkpoint) this.restore(checkpoint);
    if (parts.isOtherTask) this.scoredBefore = this.prompts.forget(config.candidates);
  }

  /** What it has used of its limits. */
  get used(): UsedBudget {
    return { step: this.step, forwards: this.parts.cache.forwards, remote: this.parts.usage() };
  }

  emit(event: UnnumberedEvent): RunEvent {
    return this.store.emit(event);
  }

  *started(): Generator<RunEvent, void> {
    yield this.emit(describeStart(this.parts, this.forecast, this.resumedAtStep));
    for (const message of this.warnings) yield this.emit({ type: 'warning', code: 'note', message });
  }

  result(
    measured: Pick<RunResult, 'best' | 'found' | 'baselines' | 'ensemble' | 'verdict'>,
    stopReason: StopReason,
  ): RunResult {
    const { config, task, generator, targetLm } = this.parts;
    return {
      schemaVersion: 1,
      runDir: this.store.path,
      task: task.name,
      generator: generator.name,
      target: targetLm.name,
      trainer: config.trainer,
      seed: config.seed,
      steps: this.step,
      stopReason,
      ...this.evaluator.counters(),
      seconds: Math.round(this.watch.elapsedSeconds * 100) / 100,
      ...measured,
    };
  }

  /**
   * The result of a resumed run that had written everything but its last event when it was killed: its final evaluation is
   * in the checkpoint already, and would be counted twice. Undefined for every other run.
   */
  resultBefore(stopReason: StopReason): RunResult | undefined {
    const result = this.resumedAtStep === this.step ? this.store.readResult() : undefined;
    if (!result) return undefined;
    const { forwards, cacheHits } = this.evaluator.counters();
    const isOfNow =
      result.steps === this.step &&
      result.stopReason === stopReason &&
      result.forwards === forwards &&
      result.cacheHits === cacheHits;
    return isOfNow ? { ...result, runDir: this.store.path } : undefined;
  }

  inspect(text: string): Promise<PromptInspection> {
    return inspectPrompt(this.parts, this.prompts, text);
  }

  /** What to say of the given label words after the baselines; nothing where the run chooses its own. */
  async unlikelyWords(baselines: readonly Baseline[]): Promise<UnlikelyWords | undefined> {
    if (this.task.kind !== 'classification' || this.reading.choice) return undefined;
    const scored = baselines.map(({ prompt, dev }) => ({ prompt, accuracy: dev.accuracy ?? 0 }));
    return await unlikelyWords(this.parts, scored, this.task.splits.dev);
  }

  saveCheckpoint(): RunEvent {
    const { json, arrays } = this.trainer.save();
    const kept = this.policies?.save();
    const { candidates, tryouts, ...chosen } = this.prompts.save();
    const saved: SavedRun = {
      trainer: json,
      candidates,
      ...this.watch.save(),
      schedule: this.shaper.schedule.save(),
      ...(tryouts ? { tryouts } : {}),
      counters: this.evaluator.counters(),
      scorePosition: this.store.scorePosition,
      ...(this.parts.taskDigest === undefined ? {} : { taskDigest: this.parts.taskDigest }),
      ...chosen,
      ...(this.reading.current ? { reading: this.reading.current } : {}),
      ...(kept ? { policies: kept.json } : {}),
      ...this.weights.save(),
    };
    const all = { ...arrays, ...kept?.arrays };
    const content = { step: this.step, json: saved, arrays: all };
    return this.store.saveCheckpoint(content, {
      shapes: matrixShapes(all),
      elapsedSeconds: this.watch.elapsedSeconds,
    });
  }

  async close(): Promise<void> {
    for (const close of [...this.closers].reverse()) await close();
  }

  private restore({ step, json, arrays }: StoredCheckpoint): void {
    const saved = json as SavedRun;
    this.step = step;
    this.trainer.restore({ json: saved.trainer, arrays });
    this.prompts.restore(saved);
    this.watch.restore(saved);
    if (saved.schedule) this.shaper.schedule.restore(saved.schedule);
    this.parts.cache.forwards = saved.counters.forwards;
    this.parts.cache.cacheHits = saved.counters.cacheHits;
    this.watch.alerts.restore(this.used);
    if (saved.reading) this.reading.readBy(saved.reading);
    if (saved.policies) this.policies?.restore(saved.policies, arrays);
    this.weights.restore(saved.objectives);
  }
}
