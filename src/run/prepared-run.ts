import type { RunConfig } from '../config/run-config.js';
import { RlpromptError } from '../errors.js';
import type { Baseline, PromptSummary, RunEvent, RunResult, StopReason, UnnumberedEvent } from '../events.js';
import type { LanguageModel, Tokenizer } from '../lm/types.js';
import type { Assessment, AssessmentItem, Assessor, Task } from '../task/types.js';
import type { Template } from '../template/template.js';
import type { Rollout, Trainer } from '../trainers/types.js';
import { readBest, writeBest } from './best-file.js';
import { Budget, type BudgetState } from './budget.js';
import { Candidates } from './candidates.js';
import { type StoredCheckpoint, writeCheckpoint } from './checkpoint.js';
import type { EventLog } from './event-log.js';
import { Health, type HealthState } from './health.js';
import { RequestQueue } from './run-controls.js';
import type { RunFolder } from './run-folder.js';
import type { ScoreLog } from './score-log.js';

export interface RunParts {
  readonly config: RunConfig;
  readonly task: Task;
  readonly template: Template;
  readonly generator: LanguageModel;
  readonly targetLm: LanguageModel;
  readonly trainer: Trainer;
  readonly assessor: Assessor;
  /** Counts the rows that were paid for and those that were known. */
  readonly cache: { forwards: number; cacheHits: number };
  readonly folder: RunFolder;
  readonly events: EventLog;
  readonly scores: ScoreLog;
}

/** What a checkpoint keeps beside the trainer's arrays. No times: equal runs have equal checkpoints. */
interface SavedRun {
  readonly trainer: Readonly<Record<string, unknown>>;
  readonly candidates: PromptSummary[];
  readonly budget: BudgetState;
  readonly health: HealthState;
  readonly counters: { readonly forwards: number; readonly cacheHits: number };
  readonly scorePosition: number;
  readonly baselines: readonly Baseline[];
  readonly bestText: string | null;
}

/** A run between two steps: everything the loop works with, and how it is saved and gone on with. */
export class PreparedRun {
  readonly config: RunConfig;
  readonly task: Task;
  readonly trainer: Trainer;
  readonly assessor: Assessor;
  readonly folder: RunFolder;
  readonly requests = new RequestQueue();
  readonly health = new Health();
  readonly candidates: Candidates;
  readonly metric: string;
  readonly clock = (): number => performance.now();
  step = 0;
  baselines: readonly Baseline[] = [];
  private readonly budget: Budget;
  private readonly tokenizer: Tokenizer;
  private bestText: string | null = null;
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
    this.assessor = parts.assessor;
    this.metric = parts.assessor.metric;
    this.folder = parts.folder;
    this.tokenizer = parts.generator.tokenizer!;
    this.candidates = new Candidates(parts.config.topPromptsKept, this.metric);
    this.budget = new Budget(parts.config, this.clock, parts.events.elapsedSeconds);
    this.resumedAtStep = checkpoint?.step;
    if (checkpoint) this.restore(checkpoint);
  }

  get template(): Template {
    return this.parts.template;
  }

  get resumeCommand(): string {
    return `rlprompt resume ${this.folder.path}`;
  }

  emit(event: UnnumberedEvent): RunEvent {
    return this.parts.events.append(event);
  }

  *started(): Generator<RunEvent, void> {
    const { config, task, generator, targetLm, template } = this.parts;
    const { train, dev, test } = task.splits;
    yield this.emit({
      type: 'run-start',
      runDir: this.folder.path,
      task: task.name,
      kind: task.kind,
      generator: generator.name,
      targetLm: targetLm.name,
      trainer: config.trainer,
      preset: config.preset,
      seed: config.seed,
      examples: { train: train.length, dev: dev.length, test: test.length },
      labels: task.labels.map(({ name }) => name),
      labelWords: task.labels.map(({ word }) => word),
      template: template.source,
      metric: this.metric,
      limits: {
        steps: config.steps,
        ...(config.forwards === undefined ? {} : { forwards: config.forwards }),
        ...(config.minutes === undefined ? {} : { minutes: config.minutes }),
      },
      ...(this.resumedAtStep === undefined ? {} : { resumedAtStep: this.resumedAtStep }),
    });
    for (const message of this.warnings) yield this.emit({ type: 'warning', code: 'note', message });
  }

  limitReached(): StopReason | undefined {
    return this.budget.reached({ step: this.step, forwards: this.parts.cache.forwards });
  }

  /**
   * Every rollout meets all train examples, and the rewards form one group; where a task groups by example, each meets
   * one of the step's inputs, in turn, and the rewards form one group an input. Inputs follow each other by step.
   */
  examplesOf(rollouts: readonly Rollout[]): { items: AssessmentItem[]; groups: number[] | undefined } {
    const { train } = this.task.splits;
    if (this.task.groupBy === 'batch') {
      return { items: rollouts.map(({ text }) => ({ text, examples: train })), groups: undefined };
    }
    const count = Math.min(this.config.inputsPerStep, train.length);
    const inputs = Array.from({ length: count }, (_, k) => [train[(this.step * count + k) % train.length]!]);
    const groups = rollouts.map((_, i) => i % count);
    return { items: rollouts.map(({ text }, i) => ({ text, examples: inputs[groups[i]!]! })), groups };
  }

  addCandidate({ tokenIds, text }: Rollout, train: Assessment, origin: PromptSummary['origin']): void {
    this.candidates.add({
      tokenIds,
      tokens: tokenIds.map((id) => this.tokenizer.piece(id)),
      text,
      step: this.step,
      reward: train.reward,
      train: train.metrics,
      origin,
    });
  }

  rolloutOf(text: string): Rollout {
    const tokenIds = this.tokenizer.encode(` ${text.trim()}`);
    return { tokenIds, text: text.trim(), trace: undefined };
  }

  /** A prompt of a person's own as the policy could have proposed it: cut, or repeated, to the policy's length. */
  fittedRollout(tokenIds: readonly number[]): Rollout {
    const length = this.config.promptLength;
    const fitted = Array.from({ length }, (_, i) => tokenIds[i % tokenIds.length]!);
    return { tokenIds: fitted, text: this.tokenizer.decode(fitted).trim(), trace: undefined };
  }

  finalists(count: number): PromptSummary[] {
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

  result(measured: Pick<RunResult, 'best' | 'baselines' | 'ensemble'>, stopReason: StopReason): RunResult {
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
      ...this.assessor.counters(),
      seconds: Math.round(this.budget.elapsedSeconds * 100) / 100,
      ...measured,
    };
  }

  /** Scores first, events next, the checkpoint last: it never knows of anything that a power cut takes away. */
  saveCheckpoint(): RunEvent {
    const { json, arrays } = this.trainer.save();
    this.parts.scores.sync();
    this.parts.events.sync();
    const saved: SavedRun = {
      trainer: json,
      candidates: this.candidates.save(),
      budget: this.budget.save(),
      health: this.health.save(),
      counters: this.assessor.counters(),
      scorePosition: this.parts.scores.position,
      baselines: this.baselines,
      bestText: this.bestText,
    };
    const written = writeCheckpoint(this.folder.path, { step: this.step, json: saved, arrays });
    return this.emit({
      type: 'checkpoint-saved',
      step: this.step,
      ...written,
      elapsedSeconds: this.budget.elapsedSeconds,
    });
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
    this.parts.cache.forwards = saved.counters.forwards;
    this.parts.cache.cacheHits = saved.counters.cacheHits;
    this.baselines = saved.baselines;
    this.bestText = saved.bestText;
  }
}
