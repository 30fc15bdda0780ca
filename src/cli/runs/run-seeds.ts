import { join } from 'node:path';
import { parseSeeds } from '../../compare/seeds.js';
import { spreadOf } from '../../compare/spread.js';
import type { RunConfig } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import type { RunResult } from '../../events.js';
import { refuseTakenFolder } from '../../run/store/run-folder.js';
import type { NonEmpty } from '../../statistics/non-empty.js';
import { toVisibleJson } from '../../visible-json.js';
import type { CliContext } from '../output/context.js';
import { formatTable } from '../output/format-table.js';
import { writeResult } from '../output/output.js';
import { quotePrompt } from '../output/result-line.js';
import { watchBetweenRuns } from '../signals/between-runs.js';
import { formatSpread } from './comparison-table.js';
import { type FollowedRun, followRun, type RunOptions, refuseScore } from './supervise-run.js';

export interface SeededRun {
  readonly config: RunConfig;
  /** Whether `--seed` was typed beside `--seeds`. */
  readonly isSeedGiven: boolean;
}

/** Runs the same settings once with each seed, and puts all results with their mean on stdout. */
export async function runSeeds(
  { config, isSeedGiven }: SeededRun,
  options: RunOptions & { readonly seeds: string },
  context: CliContext,
): Promise<void> {
  if (isSeedGiven) throw bothGiven();
  const followed = await followSeeds(config, options, context);
  const results = followed.map(({ result }) => result);
  const [{ metric }] = followed;
  writeResult(context, options.json ? `${toVisibleJson(results)}\n` : toTable(results, metric));
  if (options.failUnder === undefined) return;
  const test = spreadOf(results.map(({ best }) => best.test[metric]));
  const kept = results.map(({ runDir }) => runDir).join(', ');
  refuseScore(test?.mean, { least: options.failUnder, metric: `${metric} (mean)`, kept });
}

async function followSeeds(
  config: RunConfig,
  { seeds, ui }: RunOptions & { readonly seeds: string },
  context: CliContext,
): Promise<NonEmpty<FollowedRun>> {
  const between = watchBetweenRuns(undefined);
  const folderOf = (seed: number) => (config.out === undefined ? undefined : join(config.out, `seed-${seed}`));
  const follow = async (seed: number): Promise<FollowedRun> => {
    between.check();
    const out = folderOf(seed);
    return await followRun({ ...config, ...(out === undefined ? {} : { out }), seed }, { ui }, context);
  };
  try {
    const all = parseSeeds(seeds);
    const [first, ...others] = all;
    // A later seed that has no folder would be told when the earlier ones have been computed.
    for (const out of all.map(folderOf)) if (out !== undefined) refuseTakenFolder(out);
    const followed: [FollowedRun, ...FollowedRun[]] = [await follow(first)];
    for (const seed of others) followed.push(await follow(seed));
    return followed;
  } finally {
    between.release();
  }
}

function toTable(results: readonly RunResult[], metric: string): string {
  const header = ['seed', `train ${metric}`, `dev ${metric}`, `test ${metric}`, 'forwards', 'seconds', 'prompt', 'run'];
  const rows = results.map(({ seed, best, forwards, seconds, runDir }) => {
    const scores = [best.train, best.dev, best.test].map((of) => of[metric]?.toFixed(3) ?? '-');
    return [String(seed), ...scores, String(forwards), seconds.toFixed(1), quotePrompt(best.prompt), runDir];
  });
  const scores = (['train', 'dev', 'test'] as const).map((split) =>
    formatSpread(spreadOf(results.map(({ best }) => best[split][metric])), 3),
  );
  const forwards = formatSpread(spreadOf(results.map((one) => one.forwards)), 0);
  const seconds = formatSpread(spreadOf(results.map((one) => one.seconds)), 1);
  const last = ['mean ± sd', ...scores, forwards, seconds, '', ''];
  return formatTable([header, ...rows, last], { right: [1, 2, 3, 4, 5] });
}

function bothGiven(): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: '--seed and --seeds exclude each other',
    kept: 'nothing was started',
    next: 'leave --seed out',
  });
}
