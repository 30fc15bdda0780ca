import { isDeepStrictEqual } from 'node:util';
import { flagName } from '../../config/config-layers.js';
import type { RunConfig, RunConfigKey } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import type { ReadPrompt } from '../../evaluate.js';
import { shellWord } from '../../shell-word.js';
import type { ConfigOfRun } from './config-of-run.js';

interface Scored {
  /** What the run found, as it will be read. */
  readonly prompt: ReadPrompt | undefined;
  /** The run's own rows are scored. */
  readonly isOwnTask: boolean;
}

/** Settings that a run has settled, when that is so, why, and what to do in place of typing them. */
interface Settled {
  readonly keys: readonly RunConfigKey[];
  readonly isSo: (scored: Scored) => boolean;
  readonly why: string;
  readonly next: (run: string) => string;
}

const SETTLED: readonly Settled[] = [
  {
    keys: ['preset'],
    isSo: () => true,
    why: 'a preset chooses what was not chosen, and the run has chosen everything',
    next: () => 'leave --preset out',
  },
  {
    keys: ['verbalizer'],
    isSo: ({ prompt }) => prompt?.reading !== undefined,
    why: 'the prompt of the run is read by its own labels and words',
    next: (run) =>
      `other words: rlprompt eval ${run} --words "LABEL=WORD,…"; other labels: rlprompt eval DATA --prompt TEXT`,
  },
  {
    keys: ['calibrate', 'normalise', 'labelSpace', 'template', 'chat'],
    isSo: ({ prompt }) => prompt?.offsets !== undefined,
    why: 'the offsets of its prompt were measured by the settings of the run',
    next: () => 'rlprompt eval DATA --prompt TEXT measures new offsets, as --words does',
  },
  {
    keys: ['shots', 'seed', 'textColumn', 'labelColumn', 'splitColumn', 'dev', 'test'],
    isSo: ({ isOwnTask }) => isOwnTask,
    why: 'other rows would be drawn, and the run may have learned from some of them',
    next: (run) => `rlprompt eval DATA --run ${run} scores rows of your choice`,
  },
];

/**
 * Refuses what was typed where it would be ignored, or would belie what the run measured.
 *
 * @throws RlpromptError `E_USAGE`
 */
export function refuseSettled(
  { inRun, typed, config }: Pick<ConfigOfRun, 'inRun' | 'typed'> & { readonly config: RunConfig },
  scored: Scored,
  run: string,
): void {
  for (const { keys, isSo, why, next } of SETTLED) {
    const key = keys.find((name) => typed.has(name) && !isDeepStrictEqual(config[name], inRun[name]));
    if (key === undefined || !isSo(scored)) continue;
    throw new RlpromptError({
      code: 'E_USAGE',
      exit: 'usage',
      message: `--${flagName(key)} cannot change how a run is scored: ${why}`,
      where: `--${flagName(key)}`,
      kept: 'nothing was started',
      next: next(shellWord(run)),
    });
  }
}
