import { isDeepStrictEqual } from 'node:util';
import type { RunConfig } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import { countOf, groupDigits } from '../../group-digits.js';
import type { Example } from '../../task/types.js';
import { loadConfiguredTask } from './configured-task.js';

/** A run that learned from a task. */
export interface LearnedRun {
  readonly runDir: string;
  readonly config: RunConfig;
}

/** What decides which rows of a task are in which split. */
const SPLIT_KEYS = [
  'seed',
  'shots',
  'labels',
  'verbalizer',
  'textColumn',
  'labelColumn',
  'splitColumn',
  'dev',
  'test',
  'onMissing',
  'skipBadRows',
] as const satisfies readonly (keyof RunConfig)[];

/**
 * Refuses test rows that a run has in train or dev, because its settings split the data in another way. Texts that the task's
 * own splits share are left to the warning about them.
 *
 * @throws RlpromptError `E_USAGE`
 */
export async function refuseLearnedRows(config: RunConfig, run: LearnedRun): Promise<void> {
  if (SPLIT_KEYS.every((key) => isDeepStrictEqual(config[key], run.config[key]))) return;
  const { train, dev, test } = (await loadConfiguredTask(config)).splits;
  const ofRun = (await loadConfiguredTask(run.config)).splits;
  const learned = textsOf([...ofRun.train, ...ofRun.dev]);
  const shared = textsOf([...train, ...dev]);
  const count = test.filter(({ text }) => learned.has(text) && !shared.has(text)).length;
  if (count === 0) return;
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `of the ${countOf(test.length, 'row')} to be scored, the run has ${groupDigits(count)} in train or dev: it split the data in another way`,
    where: run.runDir,
    kept: 'nothing was scored',
    next: 'name one run at a time, and leave out the settings that decide the split: --seed, --shots and --labels',
  });
}

function textsOf(examples: readonly Example[]): Set<string> {
  return new Set(examples.map(({ text }) => text));
}
