import * as z from 'zod';
import { isEncodingName } from '../../data/text/decode-text.js';
import { settingsOf } from '../../options/option.js';
import { count, name } from '../../options/value-schemas.js';

const data = settingsOf('Task and data');

/** What is learned from: a task, its data, and how a text is rendered. */
export const dataSettings = {
  task: data.text(
    name,
    'TASK',
    'built-in task, data file (.csv .tsv .jsonl .json), folder with train.*, dev.*, test.*, or task file',
    {
      argument: true,
      path: true,
    },
  ),
  textColumn: data.text(name.optional(), 'NAME', 'column of a data file that holds the input text'),
  labelColumn: data.text(name.optional(), 'NAME', 'column of a data file that holds the label'),
  splitColumn: data.text(
    name.optional(),
    'NAME',
    'column of a data file that says train, dev or test (default: split, where there is one)',
  ),
  dev: data.text(name.optional(), 'FILE', 'data file of the dev split (default: drawn from the task’s file)', {
    path: true,
  }),
  test: data.text(name.optional(), 'FILE', 'data file of the test split (default: drawn from the task’s file)', {
    path: true,
  }),
  testSize: data.number(
    z.union([count, z.literal('all')]).default(1000),
    'N',
    'maximum number of test rows to score, sampled with the seed, or all',
  ),
  labels: data.items(
    z.array(z.string().min(1)).min(2).optional(),
    '1,5',
    'keep only the rows with these label values (default: all)',
  ),
  verbalizer: data.record(
    z.record(z.string(), z.string().min(1)).optional(),
    '"0=bad,1=good"',
    'label values and the words for them, several with |; 1|2=bad joins values (default: the label itself)',
  ),
  template: data.text(
    z.string().min(1).optional(),
    'TEXT',
    'where {input}, {prompt} and {mask} go (default: the task’s, else by the model family)',
  ),
  labelSpace: data.text(
    z.enum(['auto', 'yes', 'no']).default('auto'),
    'WHEN',
    'a space before label words: yes, no, or auto = unless the template ends in a blank, a line break, an opening bracket or a script without spaces',
  ),
  manualPrompts: data.list(
    z.array(z.string()).default([]),
    'TEXT',
    'hand-written prompt to compare with, in addition to the task’s own; repeatable',
    { flag: 'manual-prompt' },
  ),
  shots: data.number(count.max(100_000).default(16), 'N', 'training and dev examples per label taken from a data file'),
  truncate: data.text(
    z.enum(['head', 'tail', 'middle']).optional(),
    'PART',
    'what an input longer than the target LM’s context loses (default: its tail, and an error if most inputs are too long)',
  ),
  onMissing: data.text(
    z.enum(['error', 'skip']).default('error'),
    'WHAT',
    'rows of a data file without a text or a label: refuse them, or leave them out',
  ),
  encoding: data.text(
    z
      .string()
      .refine(isEncodingName, 'expected auto, utf-8, utf-16le, windows-1252 or another encoding')
      .default('auto'),
    'NAME',
    'character encoding of a data file: auto, utf-8, utf-16le, windows-1252 and so on',
  ),
  allowControl: data.boolean(z.boolean().default(false), 'let a data file hold control characters'),
  skipBadRows: data.boolean(
    z.boolean().default(false),
    'leave out rows of a data file that have too few or too many columns',
  ),
};
