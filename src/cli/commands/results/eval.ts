import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ResolvedRunConfig } from '../../../config/resolve-run-config.js';
import type { RunConfig, RunConfigKey } from '../../../config/run-config.js';
import { isDataFileName } from '../../../data/read-table.js';
import { RlpromptError } from '../../../errors.js';
import type { EvaluatedPrompt, EvaluateOptions } from '../../../evaluate.js';
import { requirePlaceFor, writeOutput } from '../../../files/write/write-output.js';
import { ensembleScores } from '../../../rewards/classification/ensemble-scores.js';
import { shellWord } from '../../../shell-word.js';
import { toVisibleJson } from '../../../visible-json.js';
import { readConfigOfRun } from '../../exports/config-of-run.js';
import { type WordOptions, withEditedWords } from '../../exports/edited-words.js';
import { ofOtherLabels } from '../../exports/of-other-labels.js';
import { readBy, scoredRun } from '../../exports/scored-run.js';
import { refuseSettled } from '../../exports/settled-by-run.js';
import { writeProposals } from '../../exports/write-proposals.js';
import { addConfigOptions, collect, readRunConfig } from '../../options/config-options.js';
import { parseCount } from '../../options/parse-count.js';
import { SCORING_KEYS } from '../../options/scoring-keys.js';
import type { CliContext } from '../../output/context.js';
import { reportDownloads } from '../../output/download-progress.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { describePolicy, quotePrompt } from '../../output/result-line.js';
import { watchRows } from '../../output/rows-progress.js';
import { sayLines, warn } from '../../output/say.js';
import { fromAnotherFolder } from '../../shared/from-another-folder.js';
import { readPromptLines } from '../../shared/prompt-lines.js';
import { interruption } from '../../signals/interruption.js';

const EXAMPLES = `Examples:
  $ rlprompt eval spam --prompt "This mail is" --prompt ""
  $ rlprompt eval reviews.csv --text-column text --label-column stars --prompt " Overall it was" --json
  $ rlprompt eval runs/reviews-… --split dev
  $ rlprompt eval runs/reviews-… --words "bad=dull|awful,good=great|fine"
  $ rlprompt eval new-reviews.csv --run runs/reviews-… --prompt "Overall it was"
  $ rlprompt eval reviews.csv --policy runs/spam-… --per-example prompts.jsonl
  $ rlprompt export runs/spam-… --format txt | rlprompt eval spam --prompt - --split test
`;

const KEYS: readonly RunConfigKey[] = [
  ...SCORING_KEYS,
  'target',
  'contentModel',
  'styleModel',
  'stylePrompt',
  'fluencyModel',
  'preset',
  'samples',
  'bootstraps',
  'ensemble',
  'rewardTimeout',
];

interface EvalOptions extends WordOptions {
  readonly prompt?: readonly string[];
  readonly promptsFile?: string;
  readonly run?: string;
  readonly rank: number;
  readonly policy?: string;
  readonly unlabelled?: true;
  readonly split: 'train' | 'dev' | 'test';
  readonly perExample?: string;
  readonly json?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Scores your own prompts, or what a run found, on a task; a data file is scored on all its rows.')
    .argument('[task]', 'built-in task, task file or folder, data file (.csv .tsv .jsonl .json), or a run folder')
    .option('-p, --prompt <TEXT>', 'prompt to score, "" for none, - for the lines of stdin; repeatable', collect)
    .option('--prompts-file <FILE>', 'prompts to score, one per line')
    .option('--run <RUN>', 'run whose best prompt is scored, with its label words, demonstrations and offsets')
    .option('--rank <N>', 'which prompt of "rlprompt top" with --run', parseCount, 1)
    .option(
      '--words <LABEL=WORD|WORD,…>',
      'with a run: read its prompt by these words of every label in place of those it has',
    )
    .option('--without-words <WORD,…>', 'with a run: read its prompt without these words')
    .addOption(
      new Option(
        '--policy <RUN>',
        'run with --input-conditioned, whose policy writes a prompt for each example',
      ).conflicts('run'),
    )
    .option('--unlabelled', 'with --policy: write the prompt of each row of a data file, which needs no labels')
    .addOption(
      new Option('--split <NAME>', 'examples of the task to score on')
        .choices(['train', 'dev', 'test'])
        .default('test'),
    )
    .option('--per-example <FILE>', 'write one JSON line per example, with its prompt')
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES);
  addConfigOptions(command, KEYS);
  command.action(async (given: string | undefined, options: EvalOptions) => {
    if (options.perExample !== undefined) {
      requirePlaceFor(options.perExample, {
        inputs: [given, options.promptsFile].filter((file) => file !== undefined),
      });
    }
    const { task, run, hasPolicy, found } = await scoredRun(given, options);
    const isOwnTask = run !== undefined && task === undefined;
    const refuse = (error: unknown): never => {
      if (isOwnTask) throw fromAnotherFolder(error, 'score the run');
      throw run === undefined || task === undefined ? error : ofOtherLabels(error, task);
    };
    const settled = run === undefined ? undefined : await readConfigOfRun(command, context, task, run).catch(refuse);
    const { config: read, sources } = settled ?? (await readRunConfig(command, context, task));
    const config: RunConfig = sources.testSize === 'default' ? { ...read, testSize: 'all' } : read;
    const best = withEditedWords(found && readBy(found, read.target), options);
    if (settled && run !== undefined) refuseSettled({ ...settled, config }, { prompt: best, isOwnTask }, run);
    if (options.perExample !== undefined) {
      const { inputFiles } = await import('../../exports/input-files.js');
      requirePlaceFor(options.perExample, { inputs: inputFiles(config) });
    }
    const policy = hasPolicy ? run : undefined;
    if (options.unlabelled) return await writeProposals(config, { ...options, ...(policy ? { policy } : {}) }, context);
    if (settled && run !== undefined && task !== undefined && isDataFileName(task))
      warnOfOwnRows(task, { runDir: run, learnedFrom: settled.inRun.task }, context);
    const prompts = [...(best ? [best] : []), ...(await readPrompts(options, run, context))];
    const together = togetherOf(config, sources, prompts.length);
    const { evaluatePrompts } = await import('../../../evaluate.js');
    const onOutput = (text: string) => sayLines(context, text);
    const onProgress = reportDownloads(context);
    // A run's own data file is split as the run split it; other files are new rows.
    const { ofRun, only } = settled ?? {};
    const scoring = { prompts, policy, split: options.split, splitsDataFile: isOwnTask, ofRun, only };
    const onScoring: EvaluateOptions['onScoring'] = (rows) => watchRows(rows, context);
    const perExample = options.perExample !== undefined;
    const request = { ...scoring, perExample, signal: interruption(), onOutput, onProgress, onScoring };
    const evaluation = await evaluatePrompts(config, request).catch(refuse);
    for (const warning of evaluation.warnings) warn(context, warning);
    if (options.perExample !== undefined) writeOutcomes(options.perExample, evaluation.results);
    const { split, target, task: name, results } = evaluation;
    const ensemble = together === undefined ? undefined : scoreTogether(results, config, together);
    const rowsOf = isDataFileName(config.task) && !isOwnTask ? 'rows' : `${split} rows`;
    const report = { task: name, target, split, results: results.map(describe), ensemble };
    writeResult(
      context,
      options.json
        ? `${toVisibleJson(report)}\n`
        : toTable(results, rowsOf, context.stdout.columns) + togetherLine(ensemble),
    );
  });
}

/** Whoever names the data of a run wants to know that it is scored whole. */
function warnOfOwnRows(
  file: string,
  { runDir, learnedFrom }: { readonly runDir: string; readonly learnedFrom: string },
  context: CliContext,
): void {
  if (resolve(file) !== resolve(learnedFrom)) return;
  const instead = `"rlprompt eval ${shellWord(runDir)}" scores its test rows alone`;
  warn(context, `the run learned from ${file}: all rows are scored, train and dev among them; ${instead}`);
}

async function readPrompts(
  { prompt = [], promptsFile }: EvalOptions,
  run: string | undefined,
  { stdin }: CliContext,
): Promise<string[]> {
  const piped = prompt.includes('-') ? await readPromptLines(stdin) : [];
  const typed = prompt.flatMap((text, i) => {
    if (text !== '-') return [text];
    return i === prompt.indexOf('-') ? piped : [];
  });
  const prompts = promptsFile === undefined ? typed : [...typed, ...(await readPromptLines(promptsFile))];
  if (prompts.length > 0 || run !== undefined) return prompts;
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: 'there is no prompt to score',
    where: '--prompt',
    next: 'rlprompt eval spam --prompt "This mail is"',
  });
}

function describe({ prompt, n, evaluation, policy }: EvaluatedPrompt) {
  const { metrics, reward, perClass, confusion, parts } = evaluation;
  const { proposed: _, ...facts } = policy ?? {};
  return { prompt, ...(policy ? { policy: facts } : {}), n, ...metrics, reward, perClass, confusion, parts };
}

/** @param counted the name of the column with the number of rows */
function toTable(results: readonly EvaluatedPrompt[], counted: string, width?: number): string {
  const named = new Set(results.flatMap(({ evaluation }) => Object.keys(evaluation.metrics)));
  const metrics = [...named].filter((name) => name !== 'reward');
  const rows = results.map(({ prompt, n, evaluation, policy }) => [
    ...metrics.map((name) => evaluation.metrics[name]?.toFixed(3) ?? ''),
    evaluation.reward.toFixed(2),
    String(n),
    policy ? describePolicy(prompt, policy) : quotePrompt(prompt),
  ]);
  return formatTable([[...metrics, 'reward', counted, 'prompt'], ...rows], {
    right: metrics.map((_, i) => i).concat([metrics.length, metrics.length + 1]),
    width,
  });
}

/** The first prompts by the mean of their probabilities. */
function scoreTogether(results: readonly EvaluatedPrompt[], settings: RunConfig, count: number) {
  const members = results.slice(0, count);
  const n = Math.max(0, ...members.map((member) => member.n));
  const prompts = members.map(({ prompt }) => prompt);
  const scores = ensembleScores(
    members.map(({ evaluation }) => evaluation),
    settings,
  );
  return { prompts, n, ...scores };
}

function togetherLine(ensemble: ReturnType<typeof scoreTogether> | undefined): string {
  if (!ensemble) return '';
  const { prompts, n, accuracy, reward } = ensemble;
  return `the first ${prompts.length} together: accuracy ${accuracy.toFixed(3)}, reward ${reward.toFixed(2)}, n ${n}\n`;
}

/**
 * How many prompts are scored together. What a configuration file says is meant for runs, and not for fewer prompts than it names.
 * @throws RlpromptError `E_USAGE` where the command line names more than there are
 */
function togetherOf({ ensemble }: RunConfig, sources: ResolvedRunConfig['sources'], count: number): number | undefined {
  if (ensemble === undefined || ensemble <= count) return ensemble;
  if (sources.ensemble?.startsWith('--')) throw tooFew(ensemble, count);
  return undefined;
}

function tooFew(wanted: number, given: number): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `${wanted} prompts are to be scored together, but there are ${given}`,
    where: '--ensemble',
    kept: 'nothing was started',
  });
}

function writeOutcomes(file: string, results: readonly EvaluatedPrompt[]): void {
  const lines = results.flatMap(({ prompt, evaluation, policy }) =>
    (evaluation.outcomes ?? []).map(({ reward: _, ...outcome }, i) => {
      const used = policy ? { policy: policy.run, prompt: policy.proposed[i] } : { prompt };
      return `${toVisibleJson({ ...used, ...outcome })}\n`;
    }),
  );
  writeOutput(file, lines.join(''));
}
