import type { ReadTableOptions } from '../../data/read-table.js';
import type { TaskLabel } from '../types.js';
import type { OnMissing } from './source-row.js';
import type { TestSize } from './test-rows.js';

/** What the user may say about a task beside its name. */
export interface LoadTaskOptions extends Pick<ReadTableOptions, 'encoding' | 'allowControl' | 'skipBadRows'> {
  /** Decides the split of a data file, and is handed to tasks whose examples are a function. */
  readonly seed: number;
  /** Examples per label for train, and as many for dev, where the task does not fix them. */
  readonly shots: number;
  /** Seconds that a task file may take to make its definition and its examples. @default 60 */
  readonly rewardTimeout?: number | undefined;
  /** Column of a data file. @default 'text' */
  readonly textColumn?: string | undefined;
  /** Column of a data file. @default 'label' */
  readonly labelColumn?: string | undefined;
  /** Column of a data file that says which split a row is in. @default 'split', where it is one */
  readonly splitColumn?: string | undefined;
  /** Data file of the dev split, beside one for train. */
  readonly dev?: string | undefined;
  /** Data file of the test split, beside one for train. */
  readonly test?: string | undefined;
  /** The labels of a data file to keep rows of. @default all */
  readonly labels?: readonly string[] | undefined;
  /** @default 'error' */
  readonly onMissing?: OnMissing | undefined;
  /** The most rows of the test split that are scored. @default 'all' */
  readonly testSize?: TestSize | undefined;
  /** Label of the data, or several with `|` between them → word; in place of the task's own. */
  readonly verbalizer?: Readonly<Record<string, string>> | undefined;
  /** How a run reads rows to classify, in place of what task, data and the options here say. */
  readonly ofRun?:
    | { readonly labels?: readonly TaskLabel[] | undefined; readonly template?: string | undefined }
    | undefined;
  /** In place of the task's own. */
  readonly template?: string | undefined;
  /** Beside the task's own. */
  readonly manualPrompts?: readonly string[] | undefined;
  /** Puts all rows of a data file into the test split, to score them rather than to learn from some. @default false */
  readonly testOnly?: boolean | undefined;
}
