import type { Classifier, Reading } from '../../classifier/classifier.js';
import { classifierOf } from '../../classifier/classifier-of.js';
import { givenWords } from '../../classifier/given-words.js';
import type { RunConfig } from '../../config/run-config.js';
import { findWeightProblem } from '../../config/values/objective-weights.js';
import { RlpromptError } from '../../errors.js';
import type { Baseline, PromptSummary, RunEvent, RunResult, StopReason, UnnumberedEvent } from '../../events.js';
import type { Tokenizer } from '../../lm/model/types.js';
import type { WeightedObjectives } from '../../rewards/objectives/weighted-objectives.js';
import type { Evaluation, EvaluationItem, Evaluator, Example, Task } from '../../task/types.js';
import type { Template } from '../../template/template.js';
import type {
  ProposeOptions,
  RewardParts,
  Rollout,
  RolloutReward,
  Trainer,
  UpdateMetrics,
} from '../../trainers/contract/types.js';
import { matrixShapes } from '../../trainers/policy/policy-optimizer.js';
import type { StoredCheckpoint } from '../checkpoint/checkpoint.js';
import { ConditionedPolicies } from '../policies/conditioned-policies.js';
import { stepInputs } from '../policies/step-inputs.js';
import { Candidates } from '../select/candidates.js';
import type { ReadRun } from '../select/choose-reading.js';
import { MinibatchCandidates } from '../select/minibatch-candidates.js';
import { splitShares } from '../select/selection.js';
import { readBest, writeBest } from '../store/best-file.js';
import type { EventLog } from '../store/event-log.js';
import type { RunFolder } from '../store/run-folder.js';
import { saveRun } from '../store/save-run.js';
import { Budget } from '../watch/budget.js';
import { EvaluationHealth } from '../watch/evaluation-health.js';
import { Health, type HealthWarning } from '../watch/health.js';
import { restartPolicy } from '../watch/restart-policy.js';
import { RewardSchedule } from '../watch/reward-schedule.js';
import { RequestQueue } from './run-controls.js';
import type { RunParts } from './run-parts.js';
import { describeStart } from './run-start.js';
import type { SavedRun } from './saved-run.js';
import { stepExamples } from './step-examples.js';

/** A run between two steps: everything the loop works with, and how it is saved and gone on with. */
export class PreparedRun {
  readonly config: RunConfig;
  readonly task: Task;
  readonly trainer: Trainer;
  readonly evaluator: Evaluator;
  readonly folder: RunFolder;
  readonly requests = new RequestQueue();
  readonly health: Health;
  readonly candidates: Candidates;
  /** Where the policy reads inputs: what is looked for is a policy then, not a prompt. */
  readonly policies: ConditionedPolicies | undefined;
  readonly metric: string;
  readonly clock = (): number => performance.now();
  step = 0;
  baselines: readonly Baseline[] = [];
  private readonly schedule: RewardSchedule;
  private readonly evaluationHealth: EvaluationHealth;
  private readonly minibatchCandidates: MinibatchCandidates;
  private readonly budget: Budget;
  private readonly tokenizer: Tokenizer;
  /** How answers are read, where that was chosen. */
  reading: Reading | undefined;
  private bestText: string | null = null;
  private lostWeights: EventLog['lostWeights'];
  private readonly resumedAtStep: number | undefined;

  constructor(
    private readonly parts: RunParts,
    private readonly warnings: readonly string[],
    checkpoint: StoredCheckpoint | undefined,
    private readonly closers: readonly (() => unknown)[],
  ) {
    this.config = parts.config;
    this.task = parts.task;
    this.trainer = parts.trainer;
    this.evaluator = parts.evaluator;
    this.metric = parts.evaluator.metric;
    this.folder = parts.folder;
    this.health = new Health({ hasPolicy: parts.config.loss !== 'none' });
    this.schedule = new RewardSchedule(parts.config);
    this.evaluationHealth = new EvaluationHealth(parts.config);
    this.tokenizer = parts.generator.tokenizer!;
    const { train, dev } = parts.task.splits;
    const shares = splitShares(parts.config.select, { train: train.length, dev: dev.length });
    const capacity = parts.config.topPromptsKept;
    this.candidates = new Candidates(capacity, this.metric, shares);
    this.minibatchCandidates = new MinibatchCandidates(capacity);
    const { conditioned } = parts.trainer;
    this.policies = conditioned && new ConditionedPolicies(conditioned, { capacity, metric: this.metric, shares });
    this.budget = new Budget(parts.config, this.clock, parts.events.elapsedSeconds);
    this.resumedAtStep = checkpoint?.step;
    this.lostWeights = parts.events.lostWeights;
    if (checkpoint) this.restore(checkpoint);
  }

  get template(): Template {
    return this.parts.template;
  }

  /** Whether nothing was scored or learned yet. */
  get isUntouched(): boolean {
    return this.step === 0 && this.parts.cache.forwards === 0;
  }

  get resumeCommand(): string {
    return `rlprompt resume ${this.folder.path}`;
  }

  emit(event: UnnumberedEvent): RunEvent {
    return this.parts.events.append(event);
  }

  *started(): Generator<RunEvent, void> {
    yield this.emit(describeStart(this.parts, this.resumedAtStep));
    for (const message of this.warnings) yield this.emit({ type: 'warning', code: 'note', message });
  }

  /** The range that z-scored rewards are mapped to in the step that comes. */
  get rewardTo(): [min: number, max: number] {
    return this.schedule.rangeAt({ step: this.step, forwards: this.parts.cache.forwards });
  }

  /** What a step has learned, for the range of the next. */
  noteLearned({ entropy }: UpdateMetrics): void {
    this.schedule.observe(entropy);
  }

  /** What the objectives of the reward report beside their values. */
  objectiveMetrics(): Record<string, number> {
    return this.parts.objectives?.metrics() ?? {};
  }

  /** How many shaped units a standard deviation of the reward is, where that changes over the run. */
  scaleMetric(): { 'reward/scale'?: number } {
    if (!this.schedule.isChanging) return {};
    const [min, max] = this.rewardTo;
    const [fromMin, fromMax] = this.config.rewardFrom;
    return { 'reward/scale': (max - min) / (fromMax - fromMin) };
  }

  /** Restarts a policy that collapsed where that is wanted; the event that says so. */
  restartPolicy(why: HealthWarning): Promise<UnnumberedEvent | undefined> {
    const { config, trainer, schedule, health } = this;
    return restartPolicy({ config, trainer, schedule, health, rangeNow: () => this.rewardTo }, why);
  }

  /** What the numbers of an evaluation say of the run as a whole. */
  evaluationWarnings(): HealthWarning[] {
    const { train, dev } = this.task.splits;
    return this.evaluationHealth.observe({
      evaluationsSinceBest: this.budget.evaluationsSinceBest,
      bestScore: this.budget.bestScore ?? 0,
      metric: this.metric,
      fitted: this.policies?.ranking(1) ?? this.candidates.byTrainScore(this.config.evaluationCandidates),
      sizes: { train: train.length, dev: dev.length },
    });
  }

  limitReached(): StopReason | undefined {
    return this.budget.reached({ step: this.step, forwards: this.parts.cache.forwards });
  }

  /** What the trainer is to know of the step's prompts: a policy that reads inputs gets those, never their labels. */
  proposeOptions(): ProposeOptions {
    if (!this.policies) return {};
    const inputs = this.inputsOfStep();
    const { promptsPerStep } = this.config;
    return { inputs: Array.from({ length: promptsPerStep }, (_, i) => inputs[i % inputs.length]!.text) };
  }

  /**
   * Every rollout meets all train examples, or those of the step, and the rewards form one group; where a task groups by
   * example, or the policy reads inputs, each meets one of the step's inputs, in turn, and they form one group an input.
   */
  examplesOf(rollouts: readonly Rollout[]): { items: EvaluationItem[]; groups: number[] | undefined } {
    const { train } = this.task.splits;
    if (this.task.groupBy === 'batch' && !this.policies) {
      const { seed, examplesPerStep: count } = this.config;
      const examples = count === undefined ? train : stepExamples(train, { seed, step: this.step, count });
      return { items: rollouts.map(({ text }) => ({ text, examples })), groups: undefined };
    }
    const inputs = this.inputsOfStep().map((example) => [example]);
    const met = rollouts.map((_, i) => inputs[i % inputs.length]!);
    const groups = met.map(([example]) => example!.index);
    return { items: rollouts.map(({ text }, i) => ({ text, examples: met[i]! })), groups };
  }

  /** They follow each other by step; those that a policy reads, in another order at every pass. */
  private inputsOfStep(): Example[] {
    const { train } = this.task.splits;
    const { seed, inputsPerStep } = this.config;
    if (this.policies) return stepInputs(train, { seed, step: this.step, count: inputsPerStep });
    const count = Math.min(inputsPerStep, train.length);
    return Array.from({ length: count }, (_, k) => train[(this.step * count + k) % train.length]!);
  }

  tokensOf({ tokenIds, text }: Rollout): Pick<PromptSummary, 'tokenIds' | 'tokens' | 'text'> {
    return { tokenIds, tokens: tokenIds.map((id) => this.tokenizer.piece(id)), text };
  }

  addCandidate(rollout: Rollout, train: Evaluation, origin: PromptSummary['origin']): void {
    this.candidates.add({
      ...this.tokensOf(rollout),
      step: this.step,
      reward: train.reward,
      train: train.metrics,
      ...(train.parts ? { parts: train.parts } : {}),
      origin,
    });
  }

  /**
   * A prompt of a step becomes a candidate where it was scored on all train examples. One that met a single input is
   * known by how it did among those that met the same.
   */
  noteRollout(rollout: Rollout, evaluation: Evaluation, { zScored }: RolloutReward): void {
    if (evaluation.partial) return;
    if (!this.meetsSome) this.addCandidate(rollout, evaluation, 'policy');
    else this.minibatchCandidates.add(rollout, this.meetsOne ? zScored : evaluation.reward);
  }

  /** Whether the prompts of a step meet one input each. */
  private get meetsOne(): boolean {
    return this.task.groupBy === 'example';
  }

  private get meetsSome(): boolean {
    return this.meetsOne || this.config.examplesPerStep !== undefined;
  }

  /** The best prompts that were scored on some examples only, to be scored on all. */
  takeMinibatchCandidates(): Rollout[] {
    return this.minibatchCandidates.take(this.config.evaluationCandidates);
  }

  /** What a reward was made of, for those who keep rewards: where the objectives can weigh differently later. */
  partsOf({ parts }: Evaluation): { parts?: RewardParts } {
    return this.parts.objectives && parts ? { parts } : {};
  }

  /**
   * Gives objectives other weights, and every reward that is kept its new value; the event that says so, or why it cannot be.
   * @param change weights by objective; those not named stay
   */
  changeWeights(change: Readonly<Record<string, number>>): UnnumberedEvent {
    const { objectives } = this.parts;
    const problem = objectives
      ? weightProblem(objectives, change)
      : 'this run has one objective, the task’s own reward';
    if (!objectives || problem !== undefined) {
      const hint = objectives ? undefined : 'start a run with --objective NAME=WEIGHT; a weight of 0 can rise later';
      const message = `the weights stay as they are: ${problem}`;
      return { type: 'warning', code: 'weights-refused', message, ...(hint ? { hint } : {}) };
    }
    const before = objectives.weights;
    objectives.setWeights({ ...before, ...change });
    this.trainer.reweigh?.(objectives.rewardOf);
    this.candidates.reweigh(objectives.rewardOf);
    this.minibatchCandidates.clear();
    return { type: 'weights-changed', step: this.step, weights: objectives.weights, before };
  }

  /** Changes of weights that a crash took away and that are due, oldest first. */
  takeLostWeights(): { readonly weights: Readonly<Record<string, number>> }[] {
    const due = this.lostWeights.filter(({ step }) => step <= this.step);
    this.lostWeights = this.lostWeights.filter(({ step }) => step > this.step);
    return due;
  }

  rolloutOf(given: string): Rollout {
    const text = given.trim();
    return { tokenIds: text === '' ? [] : this.tokenizer.encode(` ${text}`), text, trace: undefined };
  }

  /** A prompt that a person typed as the policy could have proposed it: cut, or repeated, to the policy's length. */
  fittedRollout(tokenIds: readonly number[]): Rollout {
    const length = this.config.promptLength;
    const fitted = Array.from({ length }, (_, i) => tokenIds[i % tokenIds.length]!);
    return { tokenIds: fitted, text: this.tokenizer.decode(fitted).trim(), trace: undefined };
  }

  topCandidates(count: number): PromptSummary[] {
    return this.candidates.byDevScore(count);
  }

  /** True where the prompt is another than the best so far. */
  noteBest(prompt: PromptSummary): boolean {
    const isNew = prompt.text !== this.bestText;
    this.bestText = prompt.text;
    return isNew;
  }

  noteEvaluation(best: PromptSummary): void {
    this.budget.noteEvaluation(best.dev?.[this.metric] ?? 0);
  }

  writeBest(prompt: PromptSummary, result?: RunResult): void {
    writeBest(this.folder.path, { schemaVersion: 1, prompt, ...(result ? { result } : {}) });
  }

  readBest(): PromptSummary | undefined {
    return readBest(this.folder.path)?.prompt;
  }

  /** What chooses how answers are read; undefined where nothing is to be chosen. */
  get readRun(): ReadRun | undefined {
    const { config, task, evaluator, metric } = this;
    const { reading } = this.parts;
    const isAsked = config.labelWords !== 'given' || config.demos > 0;
    return isAsked && reading
      ? { config, task, evaluator, metric, reader: reading.reader, trial: reading.trial }
      : undefined;
  }

  /** From now on all prompts are read like this. */
  readBy(reading: Reading): void {
    this.reading = reading;
    this.parts.reading?.evaluator.readBy(reading);
  }

  /** The prompt with all that reads its answers. */
  classifierOf(prompt: PromptSummary): { classifier?: Classifier } {
    const { task, template } = this.parts;
    if (task.kind !== 'classification') return {};
    const labels = task.labels.map(({ name }) => name);
    const labelWordSets = givenWords(task.labels).map(({ words }) => words);
    return { classifier: classifierOf(prompt, { labels, labelWordSets, template: template.source }) };
  }

  result(measured: Pick<RunResult, 'best' | 'baselines' | 'ensemble' | 'verdict'>, stopReason: StopReason): RunResult {
    const { config, task, generator, targetLm } = this.parts;
    return {
      schemaVersion: 1,
      runDir: this.folder.path,
      task: task.name,
      generator: generator.name,
      target: targetLm.name,
      trainer: config.trainer,
      seed: config.seed,
      steps: this.step,
      stopReason,
      ...this.evaluator.counters(),
      seconds: Math.round(this.budget.elapsedSeconds * 100) / 100,
      ...measured,
    };
  }

  saveCheckpoint(): RunEvent {
    const { json, arrays } = this.trainer.save();
    const kept = this.policies?.save();
    const { scores, events } = this.parts;
    const saved: SavedRun = {
      trainer: json,
      candidates: this.candidates.save(),
      budget: this.budget.save(),
      health: this.health.save(),
      evaluationHealth: this.evaluationHealth.save(),
      schedule: this.schedule.save(),
      ...(this.meetsSome ? { tryouts: this.minibatchCandidates.save() } : {}),
      counters: this.evaluator.counters(),
      scorePosition: scores.position,
      baselines: this.baselines,
      bestText: this.bestText,
      ...(this.reading ? { reading: this.reading } : {}),
      ...(kept ? { policies: kept.json } : {}),
      ...(this.parts.objectives ? { objectives: this.parts.objectives.save() } : {}),
    };
    const all = { ...arrays, ...kept?.arrays };
    const content = { step: this.step, json: saved, arrays: all };
    const { elapsedSeconds } = this.budget;
    const files = { runDir: this.folder.path, events, scores };
    return saveRun(files, content, { shapes: matrixShapes(all), elapsedSeconds });
  }

  /** @throws RlpromptError `E_DIVERGED` */
  guardNumbers(): void {
    this.health.guard(this.step, this.folder.path, this.resumeCommand);
  }

  failed(error: unknown): RunEvent {
    const known = error instanceof RlpromptError ? error.toJSON() : { code: 'E_INTERNAL', message: String(error) };
    return this.emit({ type: 'run-error', step: this.step, error: known });
  }

  async close(): Promise<void> {
    for (const close of [...this.closers].reverse()) await close();
  }

  private restore({ step, json, arrays }: StoredCheckpoint): void {
    const saved = json as SavedRun;
    this.step = step;
    this.trainer.restore({ json: saved.trainer, arrays });
    this.candidates.restore(saved.candidates);
    this.budget.restore(saved.budget);
    this.health.restore(saved.health);
    if (saved.evaluationHealth) this.evaluationHealth.restore(saved.evaluationHealth);
    if (saved.schedule) this.schedule.restore(saved.schedule);
    if (saved.tryouts) this.minibatchCandidates.restore(saved.tryouts);
    this.parts.cache.forwards = saved.counters.forwards;
    this.parts.cache.cacheHits = saved.counters.cacheHits;
    this.baselines = saved.baselines;
    this.bestText = saved.bestText;
    if (saved.reading) this.readBy(saved.reading);
    if (saved.policies) this.policies?.restore(saved.policies, arrays);
    if (saved.objectives) this.parts.objectives?.restore(saved.objectives);
  }
}

function weightProblem(objectives: WeightedObjectives, change: Readonly<Record<string, number>>): string | undefined {
  const { weights, rule } = objectives;
  return findWeightProblem({ ...weights, ...change }, rule, Object.keys(weights));
}
