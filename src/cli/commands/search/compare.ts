import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Comparison } from '../../../compare/comparison.js';
import type { ComparisonFolder } from '../../../compare/comparison-folder.js';
import type { ComparisonPlan } from '../../../compare/comparison-plan.js';
import { settingKey, type TrainerEntry } from '../../../compare/trainer-entries.js';
import { type ResolvedRunConfig, type RunConfigSources, resolveRunConfig } from '../../../config/resolve-run-config.js';
import type { RunConfigKey } from '../../../config/run-config.js';
import { RlpromptError } from '../../../errors.js';
import { isThere } from '../../../files/read/is-there.js';
import { OPTION_GROUPS } from '../../../options/option.js';
import { shellWord } from '../../../shell-word.js';
import { isNonEmpty } from '../../../statistics/non-empty.js';
import type { UiName } from '../../../ui/reporters/choose-reporter.js';
import { toVisibleJson } from '../../../visible-json.js';
import { addConfigOptions, configKeys, readRunSources } from '../../options/config-options.js';
import type { CliContext } from '../../output/context.js';
import { writeResult } from '../../output/output.js';
import { say } from '../../output/say.js';
import { followRun, uiOption } from '../../runs/supervise-run.js';
import { watchBetweenRuns } from '../../signals/between-runs.js';

const EXAMPLES = `Examples:
  $ rlprompt compare spam --trainers log-variance,evolution,best-of-n --forwards 20000 --seeds 0,1,2
  $ rlprompt compare spam --trainers "log-variance,soft-q-learning:preset=paper" --forwards 50000
  $ rlprompt compare runs/compare-spam-20260101-120000       resumes a comparison that was stopped
  $ rlprompt compare runs/spam-a runs/spam-b                 existing runs
`;

/** What the comparison itself decides. */
const OWN_KEYS: readonly RunConfigKey[] = ['trainer', 'seed', 'out', 'promptLibrary', 'libraryPrompts'];

interface CompareOptions {
  readonly trainers?: string;
  readonly seeds: string;
  readonly out?: string;
  readonly ui?: UiName;
  readonly json?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Runs trainers at equal forwards over several seeds and shows what each had found, and when.')
    .argument('[task]', 'task as for "run", the folder of a comparison to resume, or a run to compare')
    .argument('[runs...]', 'further runs to compare')
    .addHelpText('before', EXAMPLES);
  const comparison = 'Comparison:';
  command.addOption(
    new Option('--trainers <A,B,…>', 'trainers, each with its own settings: name:key=value;key=value').helpGroup(
      comparison,
    ),
  );
  command.addOption(
    new Option('--seeds <N,N,…>', 'each trainer runs once with each').default('0,1,2').helpGroup(comparison),
  );
  command.addOption(
    new Option('-o, --out <DIR>', 'folder of the comparison (default: runs/compare-<task>-<time>)').helpGroup(
      comparison,
    ),
  );
  addConfigOptions(
    command,
    configKeys(OPTION_GROUPS).filter((key) => !OWN_KEYS.includes(key)),
  );
  command
    .addOption(uiOption('progress of each run on stderr: plain, ink, json or none').default('plain'))
    .addOption(new Option('--json', 'print the comparison as one JSON object').helpGroup('Output:'));
  command.action(async (what: string | undefined, runDirs: readonly string[], options: CompareOptions) => {
    if (what !== undefined && (runDirs.length > 0 || isRun(what))) {
      refuseFlags(command, what, 'existing runs');
      const { compareRuns } = await import('../../runs/compare-runs.js');
      await compareRuns([what, ...runDirs], options, context);
      return;
    }
    const folder = await openFolder(command, context, what, options);
    try {
      const comparison = await compare(folder, options.ui, context);
      const report = await writeReport(comparison);
      say(context, `rlprompt: the comparison is in ${folder.path}, with its curves in ${report}`);
      const { comparisonTables } = await import('../../runs/comparison-table.js');
      writeResult(context, options.json ? `${toVisibleJson(comparison)}\n` : comparisonTables(comparison));
    } finally {
      folder.close();
    }
  });
}

async function openFolder(
  command: Command,
  context: CliContext,
  what: string | undefined,
  options: CompareOptions,
): Promise<ComparisonFolder> {
  const { beginComparison, defaultComparisonPath, isComparison, openComparison } = await import(
    '../../../compare/comparison-folder.js'
  );
  if (what !== undefined && isComparison(what)) {
    refuseFlags(command, what, 'an existing comparison');
    return openComparison(what, new Date());
  }
  const plan = await makePlan(await readRunSources(command, context, what), options);
  const out = options.out ?? defaultComparisonPath(plan.runs[0]?.config.task ?? '', new Date());
  return beginComparison(out, plan, new Date());
}

function isRun(path: string): boolean {
  return isThere(join(path, 'run.json'));
}

/** What is there has its settings; new ones would make its runs unequal, or do nothing. */
function refuseFlags(command: Command, folder: string, what: string): void {
  const display = ['ui', 'json'];
  const given = command.options.filter((option) => {
    const name = option.attributeName();
    return !display.includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (given.length === 0) return;
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `${given.map(({ long }) => long).join(', ')} cannot be given for ${what}`,
    where: folder,
    kept: 'it stays as it is',
    next: `rlprompt compare ${shellWord(folder)}`,
  });
}

async function makePlan(sources: RunConfigSources, options: CompareOptions): Promise<ComparisonPlan> {
  const [{ parseTrainerEntries }, { parseSeeds }, { planComparison }] = await Promise.all([
    import('../../../compare/trainer-entries.js'),
    import('../../../compare/seeds.js'),
    import('../../../compare/comparison-plan.js'),
  ]);
  if (options.trainers === undefined) throw missing('--trainers', 'log-variance,evolution,best-of-n');
  const entries = parseTrainerEntries(options.trainers);
  const seeds = parseSeeds(options.seeds);
  const { forwards } = resolveEntry(sources, entries[0], seeds[0]).config;
  if (forwards === undefined) throw missing('--forwards', '20000');
  const resolve = (entry: TrainerEntry, seed: number) => resolveEntry(sources, entry, seed);
  return planComparison({ entries, seeds, forwards, resolve });
}

/** The settings of a run: an entry's own are stronger than those of all. */
function resolveEntry(
  { flags = {}, set = [], ...others }: RunConfigSources,
  { trainer, settings }: TrainerEntry,
  seed: number,
): ResolvedRunConfig {
  const own: readonly string[] = settings.map(settingKey);
  const common = Object.fromEntries(Object.entries(flags).filter(([key]) => !own.includes(key)));
  return resolveRunConfig({ ...others, flags: { ...common, trainer, seed }, set: [...set, ...settings] });
}

async function compare(folder: ComparisonFolder, ui: UiName | undefined, context: CliContext): Promise<Comparison> {
  const { compareTrainers } = await import('../../../compare.js');
  const between = watchBetweenRuns(`rlprompt compare ${shellWord(folder.path)}`);
  try {
    return await compareTrainers(folder, {
      runOne: async (config, resume) => (await followRun(config, { ui, resume }, context)).result,
      onRun: ({ entry, seed }, { index, count }) => {
        between.check();
        if (ui !== 'json' && ui !== 'none') say(context, `run ${index} of ${count}: ${entry}, seed ${seed}`);
      },
    });
  } finally {
    between.release();
  }
}

/** The runs and their means as a page beside them. */
async function writeReport(comparison: Comparison): Promise<string> {
  const [{ meanCharts }, { readRunReport }, { renderReport }, { writeOutput }] = await Promise.all([
    import('../../../compare/comparison-charts.js'),
    import('../../../report/run-report.js'),
    import('../../../report/page/page.js'),
    import('../../../files/write/write-output.js'),
  ]);
  const runs = comparison.trainers.flatMap((trainer) => trainer.runs.map(({ runDir }) => readRunReport(runDir)));
  const file = join(comparison.compareDir, 'report.html');
  if (isNonEmpty(runs)) writeOutput(file, renderReport(runs, { charts: meanCharts(comparison) }));
  return file;
}

function missing(flag: string, example: string): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `${flag} is missing`,
    kept: 'nothing was started',
    next: `rlprompt compare … ${flag} ${example}`,
  });
}
