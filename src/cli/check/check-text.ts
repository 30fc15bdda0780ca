import { flagName } from '../../config/config-layers.js';
import { optionMeta, type RunConfigKey } from '../../config/run-config.js';
import { countOf } from '../../group-digits.js';
import { pieceText } from '../../lm/piece-text.js';
import type { ShownRow } from '../../run/prepare/shown-row.js';
import { shellWord } from '../../shell-word.js';
import { safeText } from '../../ui/draw/safe-text.js';
import { wrapText } from '../../ui/draw/wrap-text.js';
import { formatCount } from '../../ui/format-values.js';
import { formatTable } from '../output/format-table.js';
import type { DataCheck, RunFacts } from './check-data.js';

const EXAMPLE_LENGTH = 50;

/** The check as a person reads it; commands and rows keep their lines, so that they can be copied. */
export function checkText(check: DataCheck, typed: Readonly<Record<string, unknown>>, width?: number): string {
  const total = Object.values(check.rows).reduce((sum, count) => sum + count, 0);
  const splits = Object.entries(check.rows).map(([split, count]) => `${split} ${formatCount(count)}`);
  const paragraphs = [
    `${safeText(check.data)}: ${countOf(total, 'row')}${splits.length > 1 ? ` (${splits.join(', ')})` : ''}\n`,
    columnTable(check, width),
    labelTable(check),
    oddities(check),
    ...(check.run ? [runText(check.run, width)] : []),
    ...(check.problem ? [] : [`Try it:\n  ${safeText(proposedCommand(check, typed))}\n`]),
  ];
  return paragraphs.filter((text) => text !== '').join('\n');
}

/** The command line that a check proposes, for a shell. */
export function proposedCommand(check: DataCheck, typed: Readonly<Record<string, unknown>>): string {
  return ['rlprompt', ...proposedArguments(check, typed)].map(shellWord).join(' ');
}

/** The command line that a check proposes, without the program's name: what was typed, and what is needed. */
export function proposedArguments(check: DataCheck, typed: Readonly<Record<string, unknown>>): string[] {
  return [
    'run',
    check.data,
    ...Object.entries({ ...check.proposed, ...typed }).flatMap(([key, value]) => flagWords(key as RunConfigKey, value)),
  ];
}

function flagWords(key: RunConfigKey, value: unknown): string[] {
  if (value === undefined) return [];
  const isRepeated = optionMeta(key).form === 'list' && Array.isArray(value);
  const values: readonly unknown[] = isRepeated ? value : [value];
  return values.flatMap((one) => [`--${flagName(key)}`, flagValue(one)].filter((word) => word !== ''));
}

function flagValue(value: unknown): string {
  if (value === true) return '';
  if (Array.isArray(value)) return value.join(',');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, word]) => `${name}=${word}`)
    .join(',');
}

function columnTable({ columns, textColumn, labelColumn }: DataCheck, width?: number): string {
  const use = (name: string) => (name === textColumn ? 'text' : name === labelColumn ? 'label' : '');
  const rows = columns.map(({ name, filled, distinct, meanLength, example }) => [
    name,
    use(name),
    formatCount(filled),
    formatCount(distinct),
    formatCount(meanLength),
    safeText(example, EXAMPLE_LENGTH),
  ]);
  return formatTable([['column', 'used as', 'filled', 'different', 'mean chars', 'example'], ...rows], {
    right: [2, 3, 4],
    width,
  });
}

function labelTable({ labels }: DataCheck): string {
  const shown = labels.slice(0, 20).map(({ label, count }) => [label, formatCount(count)]);
  const more = labels.length > 20 ? `and ${countOf(labels.length - 20, 'more label')}\n` : '';
  return labels.length === 0 ? '' : `${formatTable([['label', 'rows'], ...shown], { right: [1] })}${more}`;
}

function oddities({ missing, duplicates, contradictions, leaks }: DataCheck): string {
  return [
    missing > 0 && `${rowsHave(missing)} no text or no label\n`,
    duplicates > 0 && `${rowsHave(duplicates)} the text of an earlier row`,
    duplicates > 0 && (contradictions > 0 ? `, ${formatCount(contradictions)} of them with a different label\n` : '\n'),
    ...leaks.map(
      ({ splits, texts }) =>
        `${formatCount(texts)} ${texts === 1 ? 'text is' : 'texts are'} in ${splits.join(' and in ')}\n`,
    ),
  ]
    .filter((text) => text !== false)
    .join('');
}

function rowsHave(count: number): string {
  return count === 1 ? '1 row has' : `${formatCount(count)} rows have`;
}

function runText(
  { sizes, warnings, target, words, lengths, ...row }: RunFacts,
  width = Number.POSITIVE_INFINITY,
): string {
  const lines = [
    `The proposed run has ${formatCount(sizes.train)} train, ${formatCount(sizes.dev)} dev and ${formatCount(sizes.test)} test rows.`,
  ];
  for (const warning of warnings) lines.push(`note: ${safeText(warning)}`);
  if (lengths) {
    const { median, p95, longest, tooLong, measured, contextLength } = lengths;
    const context = `${safeText(target)} has a context of ${formatCount(contextLength)} tokens`;
    const tokens = `tokens: median ${formatCount(median)}, 95th percentile ${formatCount(p95)}, longest ${formatCount(longest)}`;
    const longer =
      tooLong === 0 ? 'no text is longer' : `${formatCount(tooLong)} of ${formatCount(measured)} texts are longer`;
    lines.push(`${tokens}; ${context}, ${longer}`);
  }
  const wrapped = lines.flatMap((line) => wrapText(line, width)).join('\n');
  const rows = words.map(({ label, text, pieces }) => {
    const tokens = pieces.map((piece) => visibleBlanks(pieceText(piece))).join('|');
    return [label, visibleBlanks(text), tokens];
  });
  return `${wrapped}\n\n${formatTable([['label', 'label word', 'its tokens'], ...rows], { width })}\n${shownRowText(row, width)}`;
}

/** A row with visible blanks, and where its tokens end and those of a label word begin. */
export function shownRowText(
  { rendered, boundary }: Pick<ShownRow, 'rendered' | 'boundary'>,
  width = Number.POSITIVE_INFINITY,
): string {
  const [before, after] = [rendered.slice(0, boundary), rendered.slice(boundary)].map(visibleBlanks);
  const begins = after === '' ? '' : `; the tokens of a label word begin with ${after}`;
  const head = `a row as the model reads it, with a sample prompt; the label word goes at |${begins}:`;
  return `${wrapText(head, width).join('\n')}\n  ${before}|${after}\n`;
}

/** Blanks as dots, line breaks as an arrow. */
export function visibleBlanks(text: string): string {
  return safeText(text.replaceAll('\n', '↵').replaceAll('\t', '→').replaceAll(' ', '·'), 4000);
}
