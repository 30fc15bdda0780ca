import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { resolveRunConfig } from '../../../config/resolve-run-config.js';
import type { RunConfigKey } from '../../../config/run-config.js';
import { columnIndex, type Table } from '../../../data/table.js';
import { RlpromptError } from '../../../errors.js';
import { requirePlaceFor, writeOutput } from '../../../files/write/write-output.js';
import { countOf } from '../../../group-digits.js';
import type { Explanation, OpenClassifier } from '../../../predict.js';
import { zip } from '../../../statistics/zip.js';
import { safeText } from '../../../ui/draw/safe-text.js';
import { formatCount } from '../../../ui/format-values.js';
import { visibleBlanks } from '../../check/check-text.js';
import { addConfigOptions, readRunSources } from '../../options/config-options.js';
import { parseCount } from '../../options/parse-count.js';
import type { CliContext } from '../../output/context.js';
import { reportDownloads } from '../../output/download-progress.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { progressOf } from '../../output/rows-progress.js';
import { say, warn } from '../../output/say.js';
import { someWords } from '../../output/some-words.js';
import { chooseFormat, PREDICTION_FORMATS, PredictionWriter, readRows } from '../../predict/prediction-format.js';
import { readClassifier } from '../../predict/read-classifier.js';

const EXAMPLES = `Examples:
  $ rlprompt predict runs/spam-20260101-120000 mails.csv --out labelled.csv
  $ cat mails.jsonl | rlprompt predict best.json - > labelled.jsonl
  $ echo "Win a prize now!" | rlprompt predict runs/spam-20260101-120000 - --lines
  $ rlprompt predict runs/spam-20260101-120000 mails.csv --explain 1
`;

const KEYS: readonly RunConfigKey[] = [
  'textColumn',
  'encoding',
  'allowControl',
  'skipBadRows',
  'truncate',
  'target',
  'dtype',
  'device',
  'threads',
  'batchSize',
  'maxMemory',
  'offline',
  'endpoint',
  'endpointTimeout',
  'cache',
];

/** Rows between two reports of progress: few at first, so that a slow model is heard of soon. */
const FIRST_ROWS = 8;
const MOST_ROWS = 64;

interface PredictOptions {
  readonly rank: number;
  readonly out?: string;
  readonly format?: string;
  readonly explain?: number;
  readonly lines?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description(
      'Labels new rows with the best prompt of a run, or with one exported as json. Each row gets the columns "predicted" and, per label, "p(LABEL)". Labels that --verbalizer joined are written as they were joined, such as 1|2.',
    )
    .argument('<source>', 'run folder, or a file of "rlprompt export --format json"')
    .argument('<file>', 'data file (.csv .tsv .jsonl .json .txt) without labels, or - for stdin')
    .option('-o, --out <FILE>', 'file to write (default: stdout)')
    .addOption(
      new Option('--format <NAME>', 'what to write (default: the format of the file)').choices(PREDICTION_FORMATS),
    )
    .option('--lines', 'treat each line of the file as a text; without a header and without quotes (.txt files always)')
    .option('--rank <N>', 'which prompt of "rlprompt top"', parseCount, 1)
    .option('--explain <ROW>', 'show how one row is read instead, counted from 1', parseCount)
    .addHelpText('before', EXAMPLES);
  addConfigOptions(command, KEYS, { target: 'target LM (default: the run’s)' });
  command.action(async (source: string, file: string, options: PredictOptions) => {
    if (options.explain !== undefined) refuseUnused(options);
    if (options.out !== undefined) requirePlaceFor(options.out, { inputs: [source, join(source, 'best.json'), file] });
    const stored = await readClassifier(source, options.rank);
    const { flags, ...others } = await readRunSources(command, context, file);
    const typed = Object.fromEntries(Object.entries(flags ?? {}).filter(([, value]) => value !== undefined));
    const { config } = resolveRunConfig({ ...others, flags: { ...stored.settings, ...typed, task: file } });
    const { textColumn = 'text' } = config;
    const linesOf = options.lines || /\.txt$/i.test(file) ? textColumn : undefined;
    const { table, kind } = await readRows(file, context.stdin, { ...config, linesOf });
    const texts = textsOf(table, textColumn);
    const labels = stored.classifier.words.map(({ label }) => label);
    const explained = options.explain === undefined ? undefined : rowText(texts, options.explain);
    const writer =
      explained === undefined
        ? new PredictionWriter(table, labels, chooseFormat(options.format, options.out, kind))
        : undefined;
    const { openClassifier } = await import('../../../predict.js');
    const asked = texts.filter((text) => text !== '');
    const onProgress = reportDownloads(context);
    const classifier = await openClassifier(stored.classifier, config, { texts: asked, onProgress });
    try {
      for (const warning of classifier.warnings) warn(context, warning);
      warnOfOthers(classifier, stored.digest, texts.length - asked.length, context);
      if (writer) await predictAll({ classifier, table, texts, writer }, options, context);
      if (explained !== undefined) writeResult(context, explanationText(await classifier.explain(explained)));
    } finally {
      await classifier.close();
    }
  });
}

interface Rows {
  readonly classifier: OpenClassifier;
  readonly table: Table;
  readonly texts: readonly string[];
  readonly writer: PredictionWriter;
}

async function predictAll(
  { classifier, table, texts, writer }: Rows,
  { out }: PredictOptions,
  context: CliContext,
): Promise<void> {
  const lines = [writer.header()];
  const write = (text: string) => (out === undefined ? writeResult(context, text) : lines.push(text));
  if (out === undefined) writeResult(context, writer.header());
  // Where the rows themselves appear on the terminal, they say how far it is.
  const report =
    out === undefined && context.stdout.columns !== undefined ? () => {} : progressOf(texts.length, context);
  let start = 0;
  for (let count = FIRST_ROWS; start < texts.length; count = Math.min(MOST_ROWS, 2 * count)) {
    const some = texts.slice(start, start + count);
    const predictions = await classifier.predict(some.filter((text) => text !== ''));
    const answers = predictions[Symbol.iterator]();
    const rows = Array.from(zip(some, table.rows.slice(start)), ([text, row]) => ({
      row,
      prediction: text === '' ? undefined : answers.next().value,
    }));
    write(writer.rows(rows));
    start += some.length;
    report(start);
  }
  if (out === undefined) return;
  writeOutput(out, lines.join(''));
  say(context, `${countOf(texts.length, 'row')} written to ${out}`);
}

function textsOf(table: Table, textColumn: string): string[] {
  const hint = 'name one with --text-column, or add --lines where each line is a text';
  const index = columnIndex(table, textColumn, '--text-column', hint);
  return table.rows.map((row) => (row.values[index] ?? '').trim());
}

function warnOfOthers(
  { target, digest }: OpenClassifier,
  known: string | undefined,
  empty: number,
  context: CliContext,
): void {
  if (empty > 0) {
    warn(
      context,
      `${formatCount(empty)} ${empty === 1 ? 'row has no text and gets' : 'rows have no text and get'} no label`,
    );
  }
  if (known === undefined || known === digest) return;
  warn(context, `${target} is not the target LM that the prompt was found for`);
}

/** @throws RlpromptError `E_USAGE` for what says how rows are written: an explanation is for reading */
function refuseUnused({ out, format }: PredictOptions): void {
  const unused = out === undefined ? format && '--format' : '--out';
  if (!unused) return;
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: '--explain shows one row and writes none',
    where: unused,
    kept: 'nothing was written',
    next: `leave ${unused} or --explain out`,
  });
}

function rowText(texts: readonly string[], row: number): string {
  const text = texts[row - 1];
  if (text !== undefined && text !== '') return text;
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message:
      text === ''
        ? `row ${row} has no text`
        : `there ${texts.length === 1 ? 'is' : 'are'} ${countOf(texts.length, 'row')}, there is no row ${row}`,
    where: '--explain',
    next: 'name the number of a row that has a text; the first is 1',
  });
}

function explanationText({ rendered, words, label, probabilities }: Explanation): string {
  const hasOffsets = words.some(({ offset }) => offset !== undefined);
  const header = ['label', 'words', 'probability', ...(hasOffsets ? ['offset'] : [])];
  const rows = words.map(({ label: name, texts, offset }) => [
    name,
    someWords(texts.map(visibleBlanks), ' '),
    String(probabilities[name]),
    ...(offset === undefined ? [] : [String(offset)]),
  ]);
  const read = `The target LM reads (· is a space):\n${visibleBlanks(rendered)}\n`;
  return `${read}\n${formatTable([header, ...rows])}\npredicted: ${safeText(label)}\n`;
}
