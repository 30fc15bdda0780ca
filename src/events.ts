import type { Classifier, Reading } from './classifier/classifier.js';
import type { WordEdits } from './classifier/edit-words.js';
import type { RemoteUsage } from './lm/model/remote-usage.js';
import type { UpdateMetrics } from './trainers/contract/types.js';

/** How the prompts of a policy that writes one for each input are spread over the dev inputs. */
export interface PolicySummary {
  /** Different prompts. */
  readonly prompts: number;
  /** Share of the inputs that get the most frequent one. */
  readonly share: number;
}

/** A prompt as reports show it. */
export interface PromptSummary {
  readonly tokenIds: readonly number[];
  readonly tokens: readonly string[];
  readonly text: string;
  readonly step: number;
  /** Raw reward on the train examples. */
  readonly reward: number;
  readonly train: Readonly<Record<string, number>>;
  /** Named objectives of the reward on the train examples, where it has several. */
  readonly parts?: Readonly<Record<string, number>>;
  readonly dev?: Readonly<Record<string, number>>;
  /** Raw reward on the dev examples. */
  readonly devReward?: number;
  /** How clearly the dev examples are told apart, [−1, 1]: of classification, the mean margin over its root mean square. */
  readonly devMargin?: number;
  /** Mean log-probability per token under the generator LM, in nats, of a prompt that the policy wrote. */
  readonly fluency?: number;
  /** The fluency is more than 1 nat below the mean of the hand-written prompts', or a word repeats right after itself: it is not recommended while another can be. */
  readonly unreadable?: true;
  /** What was subtracted from the label log scores, label by label, where label calibration is on. */
  readonly labelOffsets?: readonly number[];
  /** How the answers were read, where that is not by the task's own words alone. */
  readonly reading?: Reading;
  /** A person gave the prompt the label words of its reading: the run does not choose others for it. */
  readonly wordsEdited?: true;
  /**
   * The dev metrics where, at the end, label words were found once more on train and dev rows together: no measure of the
   * prompt any more, but what an export is checked against.
   */
  readonly refit?: Readonly<Record<string, number>>;
  /** `plain`: a prompt that fits any task and competes where nobody wrote one. */
  readonly origin: 'policy' | 'user' | 'manual' | 'plain' | 'warm-start' | 'empty';
  /**
   * The numbers are those of a policy that writes a prompt for each input, as it was after `step`; the tokens and the
   * text are its most frequent prompt on dev.
   */
  readonly policy?: PolicySummary;
}

const WRITTEN: readonly PromptSummary['origin'][] = ['manual', 'plain', 'user'];

/** Whether a person wrote the prompt. */
export function isWritten({ origin }: Pick<PromptSummary, 'origin'>): boolean {
  return WRITTEN.includes(origin);
}

/** Whether the prompt came from a person, or is none at all: of these few, a good score is less often luck. */
export function isUnsearched(prompt: Pick<PromptSummary, 'origin'>): boolean {
  return prompt.origin === 'empty' || isWritten(prompt);
}

/** What tells a row of a table of prompts from the others: its text, or of a policy the step it was taken after. */
export function promptKey({ text, step, policy }: Pick<PromptSummary, 'text' | 'step' | 'policy'>): string {
  return policy ? `policy after step ${step}` : text;
}

/** The key of the prompt, or policy, that a run has chosen; undefined before its end. */
export function chosenKey(result: RunResult | undefined): string | undefined {
  if (!result) return undefined;
  const { prompt, policy } = result.best;
  return promptKey({ text: prompt, step: policy?.step ?? 0, ...(policy ? { policy } : {}) });
}

export interface Baseline {
  readonly name: 'empty' | 'manual' | 'plain';
  readonly prompt: string;
  readonly dev: Readonly<Record<string, number>>;
  readonly test?: Readonly<Record<string, number>>;
}

export type StopReason =
  | 'steps'
  | 'forwards'
  | 'tokens'
  | 'cost'
  | 'requests'
  | 'minutes'
  | 'patience'
  | 'target-score'
  | 'user'
  | 'interrupted'
  | 'terminated';

export type { RemoteUsage, WordEdits };

interface EventBase {
  /** Grows by one an event, without gaps, over a run and its resumes. */
  readonly seq: number;
}

export interface PlannedRange {
  readonly low: number;
  readonly high: number;
}

export interface RunStartEvent extends EventBase {
  readonly type: 'run-start';
  readonly runDir: string;
  readonly task: string;
  readonly kind: string;
  readonly generator: string;
  readonly targetLm: string;
  readonly trainer: string;
  readonly preset: string;
  readonly seed: number;
  readonly examples: { readonly train: number; readonly dev: number; readonly test: number };
  readonly labels: readonly string[];
  /** The word the target LM is asked for, label by label; where there are several, the first. */
  readonly labelWords?: readonly string[];
  /** All words given, label by label, where some label has several. */
  readonly labelWordSets?: readonly (readonly string[])[];
  readonly template: string;
  /** By what a label's log score is divided, where by anything. */
  readonly normalise?: 'token' | 'word';
  /** The metric that decides between prompts, for instance `accuracy`. */
  readonly metric: string;
  /** The examples that decide between prompts. */
  readonly select?: 'dev' | 'pooled';
  readonly limits: { readonly steps: number; readonly forwards?: number; readonly minutes?: number };
  /** What the run will take, as far as that is known before: the least and the most. Missing where it is resumed. */
  readonly plan?: {
    readonly forwards: PlannedRange;
    /** Where the target LM is behind a service. */
    readonly requests?: PlannedRange;
    readonly tokens?: PlannedRange;
    readonly cost?: PlannedRange;
  };
  /** Where the reward has several objectives: each with its weight now and the range of its values. */
  readonly objectives?: readonly {
    readonly name: string;
    readonly weight: number;
    readonly range: readonly [min: number, max: number];
  }[];
  /** How they become one reward. */
  readonly combine?: 'sum' | 'product' | 'hypervolume';
  readonly resumedAtStep?: number;
  /** Rows through the target LM besides those of the steps: of one evaluation on dev, and of the end. */
  readonly otherRows?: {
    readonly evaluation: PlannedRange;
    /** Steps between two evaluations. */
    readonly evaluationEvery: number;
    readonly final: PlannedRange;
  };
}

export interface PhaseEvent extends EventBase {
  readonly type: 'phase-start';
  readonly phase: 'loading' | 'baselines' | 'training' | 'final-evaluation';
}

export interface BaselinesEvent extends EventBase {
  readonly type: 'baselines-end';
  readonly baselines: readonly Baseline[];
  /** Counted from the run's start; not in events of versions that had none, as cacheHits. */
  readonly forwards?: number;
  readonly cacheHits?: number;
}

/** How answers are read from here on, and the prompt that it was chosen with. */
export interface ReadingChosenEvent extends EventBase {
  readonly type: 'reading-chosen';
  readonly prompt: string;
  readonly reading: Reading;
}

export interface StepEndEvent extends EventBase {
  readonly type: 'step-end';
  readonly step: number;
  readonly seconds: number;
  readonly rewardMean: number;
  readonly rewardMax: number;
  readonly rewardStd: number;
  readonly loss: number;
  readonly gradNorm: number;
  readonly entropy: number;
  /** Share of the step's prompts that differ from each other, (0, 1]. */
  readonly uniquePrompts: number;
  /** Counted from the run's start. */
  readonly forwards: number;
  readonly cacheHits: number;
  readonly flat: boolean;
  readonly bestPrompt: string;
  /** Of all prompts without dev numbers the best by train; missing where there is none. */
  readonly leader?: PromptSummary;
  readonly metrics: UpdateMetrics;
  /** Mean of each named objective over the step's prompts. */
  readonly parts?: Readonly<Record<string, number>>;
  readonly metricMeans: Readonly<Record<string, number>>;
}

export interface EvaluationEndEvent extends EventBase {
  readonly type: 'evaluation-end';
  readonly step: number;
  readonly prompts: readonly PromptSummary[];
  readonly forwards: number;
  readonly cacheHits: number;
}

export interface BestPromptUpdatedEvent extends EventBase {
  readonly type: 'best-prompt-updated';
  readonly step: number;
  readonly prompt: PromptSummary;
}

export interface CheckpointSavedEvent extends EventBase {
  readonly type: 'checkpoint-saved';
  readonly step: number;
  readonly file: string;
  readonly sha256: string;
  /** Time the run has taken up to here, over all its resumes; it stands here because a checkpoint knows no time. */
  readonly elapsedSeconds?: number;
}

export interface PromptAddedEvent extends EventBase {
  readonly type: 'prompt-added';
  readonly step: number;
  readonly prompt: PromptSummary;
}

/** A person gave a prompt other label words: its numbers are those of the new words. */
export interface LabelWordsChangedEvent extends EventBase {
  readonly type: 'label-words-changed';
  readonly step: number;
  readonly prompt: PromptSummary;
  /** Its numbers by the words before. */
  readonly before: Pick<PromptSummary, 'train' | 'dev'>;
}

/** From the next step on the objectives of the reward weigh differently. */
export interface WeightsChangedEvent extends EventBase {
  readonly type: 'weights-changed';
  /** Of the steps done. */
  readonly step: number;
  /** Of all objectives. */
  readonly weights: Readonly<Record<string, number>>;
  readonly before: Readonly<Record<string, number>>;
}

export interface WarningEvent extends EventBase {
  readonly type: 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export interface PauseEvent extends EventBase {
  readonly type: 'run-paused' | 'run-continued';
  readonly step: number;
}

export interface ExportedEvent extends EventBase {
  readonly type: 'prompt-exported';
  readonly file: string;
}

/** Whether the found prompt is better than the best prompt that nobody searched for, both on the test examples. */
export interface Verdict {
  readonly better: 'yes' | 'no' | 'cannot-tell';
  /** Of the baselines and typed prompts the one that is best on dev; empty for no prompt. */
  readonly baseline: string;
  /** Found minus baseline, mean over the test examples. */
  readonly difference: number;
  /** 95 % interval of the paired difference. */
  readonly interval: readonly [low: number, high: number];
  /** What differs: the share of right answers, or the reward where the task has no labels. */
  readonly measure: 'accuracy' | 'reward';
  /** Number of test examples. */
  readonly n: number;
  /** All of it in words. */
  readonly sentence: string;
}

/** The numbers of a finished run; `run --json` prints it. */
export interface RunResult {
  readonly schemaVersion: 1;
  readonly runDir: string;
  readonly task: string;
  readonly generator: string;
  readonly target: string;
  readonly trainer: string;
  readonly seed: number;
  readonly steps: number;
  readonly stopReason: StopReason;
  readonly forwards: number;
  readonly cacheHits: number;
  readonly seconds: number;
  readonly best: {
    readonly prompt: string;
    /** `empty`, `manual` and `user` where no searched prompt was clearly better on dev. */
    readonly origin?: PromptSummary['origin'];
    readonly tokenIds: readonly number[];
    readonly tokens: readonly string[];
    readonly reward: number;
    /** Classification only: the prompt with all that reads the answer. */
    readonly classifier?: Classifier;
    readonly train: Readonly<Record<string, number>>;
    /** Named objectives of the reward on the train examples, where it has several. */
    readonly parts?: Readonly<Record<string, number>>;
    readonly dev: Readonly<Record<string, number>>;
    /** With `n`, the number of test examples. */
    readonly test: Readonly<Record<string, number>>;
    /** Classification only, on the test split: accuracy and reward of each label, and [label][predicted] counts. */
    readonly perClass?: readonly {
      readonly label: string;
      readonly n: number;
      readonly accuracy: number;
      readonly reward: number;
    }[];
    readonly confusion?: readonly (readonly number[])[];
    /**
     * The best is a policy that writes a prompt for each input: train, dev and test are its numbers, `prompt` its most
     * frequent prompt on dev.
     */
    readonly policy?: PolicySummary & {
      readonly step: number;
      /** Number of the dev inputs. */
      readonly inputs: number;
      /** The parameters, within the run folder. */
      readonly file: string;
      /** `prompt` for every input. */
      readonly alone: {
        readonly dev: Readonly<Record<string, number>>;
        readonly test: Readonly<Record<string, number>>;
      };
    };
  };
  /** The best prompts together, by the mean of their probabilities; `best` stays a single prompt. */
  readonly ensemble?: {
    readonly prompts: readonly string[];
    readonly dev: Readonly<Record<string, number>>;
    /** With `n`, the number of test examples. */
    readonly test: Readonly<Record<string, number>>;
  };
  /** The best searched prompt, where another is recommended. */
  readonly found?: {
    readonly prompt: string;
    readonly dev: Readonly<Record<string, number>>;
    readonly test: Readonly<Record<string, number>>;
  };
  /** Undefined where a task gives no reward for single examples. */
  readonly verdict?: Verdict;
  readonly baselines: {
    readonly empty: { readonly dev: Readonly<Record<string, number>>; readonly test: Readonly<Record<string, number>> };
    /** The manual prompt that is best on dev; every one of them is in `manuals`. */
    readonly manual?: {
      readonly prompt: string;
      readonly dev: Readonly<Record<string, number>>;
      readonly test: Readonly<Record<string, number>>;
    };
    readonly manuals?: readonly {
      readonly prompt: string;
      readonly dev: Readonly<Record<string, number>>;
      readonly test: Readonly<Record<string, number>>;
    }[];
    /** The plain prompt that is best on dev, where no other prompt that was not searched for is better. */
    readonly plain?: {
      readonly prompt: string;
      readonly dev: Readonly<Record<string, number>>;
      readonly test: Readonly<Record<string, number>>;
    };
  };
}

export interface RunEndEvent extends EventBase {
  readonly type: 'run-end';
  readonly step: number;
  readonly result: RunResult;
}

/** The run was stopped before its end; it can be resumed. */
export interface RunInterruptedEvent extends EventBase {
  readonly type: 'run-interrupted';
  readonly step: number;
  readonly reason: 'user' | 'interrupted' | 'terminated';
  /** Where the search was over: every step is kept. */
  readonly during?: 'final-evaluation';
  readonly resumeCommand: string;
}

/** Who asked a run to stop: a person at its screen, or a signal. */
export type StopRequest = RunInterruptedEvent['reason'];

export interface RunErrorEvent extends EventBase {
  readonly type: 'run-error';
  readonly step: number;
  readonly error: Readonly<Record<string, unknown>>;
}

export type RunEvent =
  | RunStartEvent
  | PhaseEvent
  | BaselinesEvent
  | ReadingChosenEvent
  | StepEndEvent
  | EvaluationEndEvent
  | BestPromptUpdatedEvent
  | CheckpointSavedEvent
  | PromptAddedEvent
  | LabelWordsChangedEvent
  | WeightsChangedEvent
  | WarningEvent
  | PauseEvent
  | ExportedEvent
  | RunEndEvent
  | RunInterruptedEvent
  | RunErrorEvent;

/** An event before its sequence number is given. */
export type UnnumberedEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'seq'> : never) : never;

/** What a run is doing now, and how far it is. */
export interface RunProgress {
  /** In a few words, for instance `finding label words`. */
  readonly doing: string;
  /** Rows through the target LM that are done. */
  readonly rows: number;
  /** The most rows that it can take. */
  readonly most: number;
  /** Before the search: the best prompt so far, with its score on train. */
  readonly best?: { readonly prompt: string; readonly score: number };
}

/** A prompt at work. */
export interface PromptInspection {
  /** What the target LM reads for the hardest row; a label word follows it, or stands at its mask. */
  readonly rendered: string;
  /** The split that the rows are of: dev, or train where dev was not asked yet. */
  readonly split: 'train' | 'dev';
  /** Classification only. */
  readonly perClass: readonly { readonly label: string; readonly n: number; readonly accuracy: number }[];
  /** Classification only: the rows with the lowest reward, the lowest first. */
  readonly hardest: readonly {
    readonly text: string;
    readonly label: string;
    readonly predicted: string;
    /** Of the right label. */
    readonly probability: number;
  }[];
}

/** How a terminal, or any program, steers a running optimisation. Every request takes effect between two steps. */
export interface RunControls {
  pause(): void;
  continue(): void;
  /** Asks for a checkpoint now. */
  save(): void;
  evaluate(): void;
  /** Scores a prompt of the user's own; it joins the table and, where the trainer can, the warm start. */
  addPrompt(text: string): void;
  /** Changes the label words of a prompt of the table, and scores it by them. */
  changeLabelWords(prompt: string, edits: WordEdits): void;
  /** Gives objectives of the reward other weights; those not named keep theirs. */
  setWeights(weights: Readonly<Record<string, number>>): void;
  /** Writes the best prompt into the run folder, as a format of `rlprompt export`; `json` where none is named. */
  exportBest(format?: string): void;
  /** How a prompt does row by row; changes nothing. Answered between two steps. */
  inspect(text: string): Promise<PromptInspection>;
  /** What services and workers have done so far; changes nothing. */
  usage(): readonly RemoteUsage[];
  /** What the run is doing now; changes nothing. Undefined between two things. */
  progress(): RunProgress | undefined;
  /** Saves and ends the run, resumable. */
  stop(reason: StopRequest): void;
}

/** Shows a run. A reporter neither slows nor steers the run, except through `controls`. */
export interface Reporter {
  report(event: RunEvent): void;
  /** Ends the display and gives the terminal back; resolves when everything is written. */
  close(): Promise<void>;
}
