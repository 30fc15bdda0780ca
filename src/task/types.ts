import type { Reading } from '../classifier/classifier.js';
import type { LabelNormalisation } from '../lm/model/types.js';

export type Split = 'train' | 'dev' | 'test';

export interface Example {
  /** Position within its split. */
  readonly index: number;
  readonly text: string;
  /** Index into the task's labels; undefined where the task has none. */
  readonly label?: number;
  /** Every column of the data file, for custom rewards. */
  readonly fields: Readonly<Record<string, string>>;
}

export type TaskSplits = Readonly<Record<Split, readonly Example[]>>;

export type TaskKind = 'classification' | 'style-transfer' | 'custom';

/** One label of a classification task. */
export interface TaskLabel {
  /** As it stands in the data. */
  readonly name: string;
  /** The word the target LM is asked for. */
  readonly word: string;
  /** All words that stand for it, `word` first; missing where there is one. */
  readonly words?: readonly string[];
}

/** How good one prompt is on a set of examples. */
export interface Evaluation {
  /** Raw reward: the mean over the examples. Never normalised. */
  readonly reward: number;
  /** Evaluation numbers such as `accuracy`, in [0, 1] unless the task says otherwise. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Named objectives of the reward, where it has several. */
  readonly parts?: Readonly<Record<string, number>>;
  /** Style transfer: the area in content × style that the sampled outputs dominate, [0, 1], mean over the examples. */
  readonly volume?: number;
  /** Raw reward of each example, in order. */
  readonly exampleRewards?: Float64Array;
  /** Classification only: [label] accuracy and reward, and [label][predicted] counts. */
  readonly perClass?: readonly { label: string; n: number; accuracy: number; reward: number }[];
  readonly confusion?: readonly (readonly number[])[];
  /** Classification only: how clearly the right label's log score is above its best rival's, `relativeMargin`. */
  readonly margin?: number;
  /** What was subtracted from the label log scores before the softmax, where label calibration is on. */
  readonly labelOffsets?: readonly number[];
  /** How the answers were read, where that is not by the task's own words alone. */
  readonly reading?: Reading;
  /** Per example details, in the order of the examples. */
  readonly outcomes?: readonly ExampleOutcome[];
  /** Of fewer examples than were asked for; the reward is drawn toward the step's mean. Not to be ranked. */
  readonly partial?: true;
}

export interface ExampleOutcome {
  readonly index: number;
  readonly label?: string;
  readonly predicted?: string;
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly output?: string;
  /** Why an output scores nothing. */
  readonly fault?: string;
  /** Named evaluation numbers of the output. */
  readonly scores?: Readonly<Record<string, number>>;
  readonly reward: number;
}

/** A prompt to evaluate on examples: the target LM sees `text` only. */
export interface EvaluationItem {
  readonly text: string;
  readonly examples: readonly Example[];
  /** How the answer is read; as all others are where it is missing. */
  readonly reading?: Reading | undefined;
  /** What to subtract from the label scores, [labels], in place of what calibration would find. */
  readonly offsets?: readonly number[] | undefined;
}

export interface EvaluationOptions {
  readonly signal?: AbortSignal;
  readonly details?: boolean;
  /** They are prompts of a step, most of which are never read by other label words: nothing is kept for that. */
  readonly ofStep?: boolean;
}

/**
 * What the loop knows of a task: it hands over prompts and examples and gets raw rewards back. A task never
 * normalises, prints or knows the trainer.
 */
export interface Evaluator {
  evaluate(items: readonly EvaluationItem[], options?: EvaluationOptions): Promise<Evaluation[]>;
  /** The metric that decides between prompts. */
  readonly metric: string;
  /** Rows run through the target LM, and rows answered by the reward cache, since the run's start. */
  counters(): { forwards: number; cacheHits: number };
}

/** A task with its data read and checked; made by `loadTask`. */
export interface Task {
  readonly name: string;
  readonly kind: TaskKind;
  readonly description: string;
  /** Where it came from: `built-in`, a path, … */
  readonly source: string;
  /** The task file, absolute; a custom reward is loaded from it again where it runs. Undefined for a data file. */
  readonly file: string | undefined;
  /** How rewards are z-scored: over the step's prompts, or per input. */
  readonly groupBy: 'batch' | 'example';
  readonly labels: readonly TaskLabel[];
  readonly splits: TaskSplits;
  /** Undefined means the default of the target LM's family. */
  readonly template: string | undefined;
  /** Where the task gives one each; `taskTemplate` picks. */
  readonly templates?: { readonly causal?: string | undefined; readonly masked?: string | undefined };
  readonly manualPrompts: readonly string[];
  readonly normalise: LabelNormalisation;
  readonly stochastic: boolean;
  /** sha256 of definition and data. */
  readonly digest: string;
  readonly warnings: readonly string[];
  /** Custom tasks only: the least and the largest reward there can be, where the task says so. */
  readonly rewardRange?: readonly [least: number, largest: number] | undefined;
  /** Names of environment variables that the reward sees beside PATH, HOME and their like. */
  readonly env?: readonly string[] | undefined;
}

export interface RewardBatch {
  /** Prompt texts; each is to be judged on all of `examples`. */
  readonly prompts: readonly string[];
  readonly examples: readonly Example[];
  readonly split: Split;
}

export interface RewardContext {
  readonly signal: AbortSignal;
  /** Uniform numbers in [0, 1), seeded by the run. */
  readonly rng: () => number;
  log(message: string): void;
  /** Probabilities of label words after prompt and input: [prompts][inputs][labels]. */
  scoreLabels(request: {
    prompts: readonly string[];
    inputs: readonly string[];
    labels: readonly string[];
    template?: string;
  }): Promise<number[][][]>;
  generate(request: {
    texts: readonly string[];
    maxNewTokens: number;
    stop?: string;
    temperature?: number;
    samples?: number;
  }): Promise<string[][]>;
  embed(texts: readonly string[]): Promise<number[][]>;
}

export type RewardAnswer =
  | number
  | { reward: number; parts?: Record<string, number>; metrics?: Record<string, number> };
/** One answer per prompt, in order. A thrown error is a failure, never a low reward. */
export type CustomReward = (batch: RewardBatch, context: RewardContext) => Promise<RewardAnswer[]> | RewardAnswer[];

/** Rows of a split as a task author writes them. */
export interface ExampleSource {
  text: string;
  label?: string | number;
  fields?: Record<string, string>;
}

/** What `defineTask` takes. */
export interface TaskDefinition {
  /** Lower-case letters, digits and hyphens. */
  name: string;
  kind: TaskKind;
  description?: string;
  /** Label name → word the target LM is asked for, or several: `great|good`. Keys are the labels of the data. */
  verbalizer?: Record<string, string>;
  /** One for every family of target LM, or one each. */
  template?: string | { causal?: string; masked?: string };
  manualPrompts?: string[];
  normalise?: LabelNormalisation;
  groupBy?: 'batch' | 'example';
  /** Says that the reward is random: resuming a run then repeats it only as far as the reward does. */
  stochastic?: boolean;
  /** The data: arrays, files relative to the task file, or a function of the run's seed and shots. */
  examples: ExamplesDefinition;
  reward?: CustomReward;
  /** The least and the largest reward there can be; needed where the reward is one of several objectives. */
  rewardRange?: [least: number, largest: number];
  /** Names of environment variables that the reward may see, such as a service's key; it sees no others. */
  env?: string[];
}

export type ExamplesDefinition =
  | Record<Split, ExampleSource[]>
  | { train: string; dev: string; test: string; textColumn?: string; labelColumn?: string }
  | ((options: {
      seed: number;
      shots: number;
    }) => Promise<Record<Split, ExampleSource[]>> | Record<Split, ExampleSource[]>);
