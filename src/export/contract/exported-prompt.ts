import type { Classifier } from '../../classifier/classifier.js';
import type { TaskLabel } from '../../task/types.js';

type Scores = Readonly<Record<string, number>>;

/** A prompt of a run with all that another program needs to use it: the source of every export format. */
export interface ExportedPrompt {
  readonly schemaVersion: 1;
  readonly kind: 'prompt';
  readonly task: string;
  readonly taskKind: string;
  /** The text the target LM was scored with. */
  readonly prompt: string;
  readonly tokenIds: readonly number[];
  readonly tokens: readonly string[];
  readonly template: string;
  readonly labels: readonly TaskLabel[];
  /** Classification only: the prompt with all that reads its answers. */
  readonly classifier?: Classifier;
  /** What to take off the label log scores before the softmax, label by label, where the run was calibrated. */
  readonly labelOffsets?: readonly number[];
  /** What a label's log score is divided by before its offset is subtracted; missing where it is not divided. */
  readonly normalise?: 'token' | 'word';
  /** What texts lose that do not fit into the target LM's context, where that was chosen. */
  readonly truncate?: string;
  /** Column of the run's data that holds the texts, where it was named. */
  readonly textColumn?: string;
  /** Number format of the target LM, where one was chosen. */
  readonly dtype?: string;
  /** The template with demonstrations and prompt in it; what is left are the places of input and mask. */
  readonly rendered: readonly RenderedPart[];
  /** The same for an empty input. */
  readonly renderedWithoutInput: readonly RenderedPart[];
  readonly generator: string;
  readonly target: string;
  readonly trainer: string;
  readonly seed: number;
  readonly step: number;
  /** Position among the run's prompts, from 1. */
  readonly rank: number;
  readonly reward: number;
  /** The metric that decided between prompts. */
  readonly metric: string;
  /** `refit`: dev, read by words that dev rows helped to find (see PromptSummary). */
  readonly metrics: { readonly train: Scores; readonly dev?: Scores; readonly refit?: Scores; readonly test?: Scores };
  readonly run: string;
  /** When the run began, ISO 8601. */
  readonly created: string;
  /** sha256 of data, task and models. */
  readonly digests: Readonly<Record<string, string>>;
  /** Name and version of the program that made it. */
  readonly tool: string;
}

/** What an export holds: the best prompt, and others where the format is a table. */
export type ExportedPrompts = readonly [ExportedPrompt, ...ExportedPrompt[]];

/** A literal text, or the place of the input or of a masked LM's mask token. */
export type RenderedPart = string | { readonly slot: 'input' | 'mask' };

/** How a label is read from the language model's answer. */
export interface LabelReading {
  readonly label: string;
  /** Its words as the language model writes them after the text, blanks included. */
  readonly words: readonly string[];
  /** How much each word counts, [words]; they sum to 1. */
  readonly weights: readonly number[];
  /** What is subtracted from the label's score. */
  readonly offset: number;
}

/** The function of an exported module by which its users label a text. */
export type Classify = (
  input: string,
  complete: (text: string, words: readonly string[]) => Readonly<Record<string, number>>,
  mask: string,
) => Promise<{ readonly label: string; readonly probabilities: Readonly<Record<string, number>> }>;

/** The whole text around the input, with what reads the answers to it where the form says so. */
export interface ReadText {
  readonly rendered: readonly RenderedPart[];
  readonly readings?: readonly LabelReading[];
  /** Where the form is a program that reads answers by itself. */
  readonly classify?: Classify;
}

/** What a reader of the exported form has in hand: the prompt, or the whole text around the input. */
export type ReadBack = { readonly prompt: string } | ReadText;

/** Headings of `rlprompt export --list`, in its order. */
export const FORMAT_GROUPS = ['data', 'text', 'code', 'chat', 'templates', 'evaluation', 'tracking'] as const;

/** A row of the task's test split. */
export interface ExportedRow {
  readonly text: string;
  /** Position among the labels. */
  readonly label: number;
}

export interface ExportOptions {
  /** csv: leave cells as they are. */
  readonly isRaw: boolean;
  /** The test split, for formats that hold rows. */
  readonly rows?: readonly ExportedRow[] | undefined;
}

interface FormatFacts {
  readonly name: string;
  readonly description: string;
  readonly group: (typeof FORMAT_GROUPS)[number];
  /** Holds many prompts, a row each. */
  readonly isTable: boolean;
  /** Holds rows of the task's test split. */
  readonly holdsRows?: true;
  /** Its readers see where a system message ends, or see the prompt alone. */
  readonly holdsMessages?: true;
  /** Why another text would be read than was scored; such a prompt is refused. */
  cannotHold?(prompt: ExportedPrompt): string | undefined;
  /** What the user should know of this prompt in this format. */
  warn?(prompt: ExportedPrompt): string | undefined;
  /** Reads what was written, as the format's own programs do; a table's first row. */
  read(text: string, options: ExportOptions): ReadBack;
}

/** One way to write prompts down: a file. `prompts` are one, or with `isTable` any number. */
export interface FileFormat extends FormatFacts {
  /** Name of the file in a folder. */
  readonly file: string;
  render(prompts: ExportedPrompts, options: ExportOptions): string;
}

/** One way to write prompts down: a folder. */
export interface FolderFormat extends FormatFacts {
  /** The file, by its path in the folder, that `read` takes. */
  readonly readsFile: string;
  renderFolder(prompts: ExportedPrompts, options: ExportOptions): readonly ExportedFile[];
}

export interface ExportedFile {
  /** Within the folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

export type ExportFormat = FileFormat | FolderFormat;
