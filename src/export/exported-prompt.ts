import type { TaskLabel } from '../task/types.js';

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
  /** The template with the prompt in it; what is left are the places of input and mask. */
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
  readonly metrics: { readonly train: Scores; readonly dev?: Scores; readonly test?: Scores };
  readonly run: string;
  /** sha256 of data, task and models. */
  readonly digests: Readonly<Record<string, string>>;
  /** Name and version of the program that made it. */
  readonly tool: string;
}

/** A literal text, or the place of the input or of a masked LM's mask token. */
export type RenderedPart = string | { readonly slot: 'input' | 'mask' };

/** One way to write prompts down. */
export interface ExportFormat {
  readonly name: string;
  readonly description: string;
  /** The text of a file. `prompts` are one, or with `isTable` any number. */
  render(prompts: readonly ExportedPrompt[], options: { readonly isRaw: boolean }): string;
  /** Holds many prompts, a row each. */
  readonly isTable: boolean;
}
