import type { ReadTableOptions } from '../../data/read-table.js';

/** What the user may say about a task beside its name. */
export interface LoadTaskOptions extends Pick<ReadTableOptions, 'encoding' | 'allowControl' | 'skipBadRows'> {
  /** Decides the split of a data file, and is handed to tasks whose examples are a function. */
  readonly seed: number;
  /** Examples a label for train, and as many for dev, where the task does not fix them. */
  readonly shots: number;
  /** Column of a data file. @default 'text' */
  readonly textColumn?: string | undefined;
  /** Column of a data file. @default 'label' */
  readonly labelColumn?: string | undefined;
  /** Label of the data → word; in place of the task's own. */
  readonly verbalizer?: Readonly<Record<string, string>> | undefined;
  /** In place of the task's own. */
  readonly template?: string | undefined;
  /** Beside the task's own. */
  readonly manualPrompts?: readonly string[] | undefined;
  /** Puts all rows of a data file into the test split, to score them rather than to learn from some. @default false */
  readonly testOnly?: boolean | undefined;
}
