import { type Command, Option } from 'commander';
import { chosenKey, type PromptSummary, promptKey, type RunResult } from '../../../events.js';
import type { RunRecord } from '../../../export/run-record.js';
import { safeLine, safeText } from '../../../ui/draw/safe-text.js';
import { cutToWidth } from '../../../ui/draw/text-width.js';
import { wrapText } from '../../../ui/draw/wrap-text.js';
import { orderRule } from '../../../ui/order-text.js';
import { toVisibleJson } from '../../../visible-json.js';
import { parseCount } from '../../options/parse-count.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { describePolicy, quotePrompt } from '../../output/result-line.js';
import { someWords } from '../../output/some-words.js';

const EXAMPLES = `Examples:
  $ rlprompt top runs/spam-20260101-120000
  $ rlprompt top runs/spam-20260101-120000 --limit 3 --json
  $ rlprompt top runs/spam-20260101-120000 --csv > prompts.csv
`;

interface TopOptions {
  readonly limit: number;
  readonly json?: true;
  readonly csv?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description(
      'Shows the best prompts of a run, finished or under way, in the order in which they are chosen (accuracy and margin on dev).',
    )
    .argument('<run>', 'run folder')
    .option('-n, --limit <N>', 'prompts to show', parseCount, 10)
    .option('--json', 'print one JSON object')
    .addOption(new Option('--csv', 'print CSV').conflicts('json'))
    .addHelpText('before', EXAMPLES)
    .action(async (runDir: string, options: TopOptions) => {
      const { readRunRecord } = await import('../../../export/run-record.js');
      const record = readRunRecord(runDir);
      const prompts = record.prompts.slice(0, options.limit);
      if (options.json) writeResult(context, `${toVisibleJson(describe(record, prompts))}\n`);
      else if (options.csv) writeResult(context, await toCsv(record, prompts.length));
      else writeResult(context, toTable(record, prompts, context.stdout.columns));
    });
}

function describe({ runDir, start, result }: RunRecord, prompts: readonly PromptSummary[]) {
  const { task, metric } = start;
  const ranked = prompts.map(({ text, ...rest }, i) => ({ rank: i + 1, prompt: text, ...rest }));
  return { schemaVersion: 1, runDir, task, metric, finished: result !== undefined, prompts: ranked };
}

async function toCsv(record: RunRecord, count: number): Promise<string> {
  const [{ exportPrompt }, { csvFormat }, { packageVersion }] = await Promise.all([
    import('../../../export/export-prompt.js'),
    import('../../../export/formats/data/csv.js'),
    import('../../../package-root.js'),
  ]);
  const others = Array.from({ length: count - 1 }, (_, i) => exportPrompt(record, i + 2, packageVersion()));
  return csvFormat.render([exportPrompt(record, 1, packageVersion()), ...others], { isRaw: false });
}

/** Of an objective, and of the measure that says whether a prompt can be read. */
const FLUENCY = 'fluency';

function toTable({ start, result }: RunRecord, prompts: readonly PromptSummary[], width?: number): string {
  const { metric, select = 'dev' } = start;
  const objectives = [...new Set(prompts.flatMap(({ parts }) => Object.keys(parts ?? {})))];
  const isRankedByMargin = prompts.some(({ devMargin }) => devMargin !== undefined);
  const isFluencyKnown = prompts.some(({ fluency }) => fluency !== undefined);
  const scores = [
    'train',
    'dev',
    ...(isRankedByMargin ? ['margin'] : []),
    'test',
    'reward',
    ...objectives.map((name) => (name === FLUENCY && isFluencyKnown ? `${name} (objective)` : safeText(name))),
    ...(isFluencyKnown ? [FLUENCY] : []),
  ];
  const header = ['#', ...scores, 'step', 'from', 'prompt'];
  const rows = prompts.map((prompt, i) => [
    String(i + 1),
    decimals(prompt.train[metric]),
    decimals(prompt.dev?.[metric]),
    ...(isRankedByMargin ? [decimals(prompt.devMargin)] : []),
    decimals(testOf(prompt, result)?.[metric]),
    decimals(prompt.reward, 2),
    ...objectives.map((name) => decimals(prompt.parts?.[name], 2)),
    ...(isFluencyKnown ? [decimals(prompt.fluency, 1)] : []),
    String(prompt.step),
    prompt.origin,
    named(prompt),
  ]);
  const table = formatTable([header, ...rows], { right: [...Array(scores.length + 2).keys()], width });
  const rule = prompts.length > 1 ? orderRule(metric, { select, hasMargin: isRankedByMargin }) : undefined;
  const order = rule === undefined ? '' : `${wrapText(rule, width ?? Number.POSITIVE_INFINITY).join('\n')}\n`;
  return `${safeText(metric)} on train, dev and test\n${table}${order}${readingLines(prompts[0], width)}`;
}

function named({ text, policy, step, unreadable }: PromptSummary): string {
  if (policy) return describePolicy(text, { ...policy, step });
  return `${quotePrompt(text)}${unreadable ? ' (unreadable)' : ''}`;
}

/** Test scores are known of what a run recommends, of its best searched prompt and of the baselines. */
function testOf(prompt: PromptSummary, result: RunResult | undefined): Readonly<Record<string, number>> | undefined {
  if (!result) return undefined;
  if (promptKey(prompt) === chosenKey(result)) return result.best.test;
  if (prompt.policy) return undefined;
  const { found, baselines } = result;
  const known = [found, ...(baselines.manuals ?? []), baselines.plain, { prompt: '', ...baselines.empty }];
  return known.find((one) => one?.prompt.trim() === prompt.text)?.test;
}

/** Columns for a labelled row outside a terminal. */
const LINE_WIDTH = 95;

/** How the answers to the best prompt are read, where that is not by the task's own words alone. */
function readingLines(best: PromptSummary | undefined, width = LINE_WIDTH): string {
  const { words = [], demonstrations = [] } = best?.reading ?? {};
  const found = best?.refit ? ' (chosen again at the end, on train and dev rows together)' : '';
  const lines = words.map(({ label, words: own }) => {
    const shown = someWords(
      own.map((word) => safeText(word)),
      ', ',
    );
    return `  ${safeText(label)}: ${shown}\n`;
  });
  const rows = demonstrations.map(({ text, word }) => `    ${cutToWidth(safeLine`${word}: ${text}`, width - 4)}\n`);
  const shown = rows.length > 0 ? `  preceded by these labelled rows\n${rows.join('')}` : '';
  return lines.length === 0 ? '' : `label words of #1${found}:\n${lines.join('')}${shown}`;
}

function decimals(value: number | undefined, digits = 3): string {
  return value === undefined ? '' : value.toFixed(digits);
}
