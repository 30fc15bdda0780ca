import type { TaskLabel } from '../task/types.js';
import type { Classify, ExportedPrompts, ReadText } from './contract/exported-prompt.js';

type Scores = Readonly<Record<string, number>>;

/** Several prompts of a run that answer together: the mean of their label probabilities decides. */
export interface ExportedEnsemble {
  readonly schemaVersion: 1;
  readonly kind: 'ensemble';
  readonly task: string;
  readonly labels: readonly TaskLabel[];
  /** Best first. */
  readonly members: ExportedPrompts;
  /** Of all together. */
  readonly metrics: { readonly dev: Scores; readonly test: Scores };
  readonly run: string;
  readonly tool: string;
}

/** What a reader of an exported ensemble has in hand. */
export interface ReadEnsemble {
  /** Prompt by prompt. */
  readonly texts: readonly ReadText[];
  /** Where the form is a program that puts the answers together by itself. */
  readonly classify?: Classify;
}
