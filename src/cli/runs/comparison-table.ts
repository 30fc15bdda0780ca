import type { ComparedBaseline, ComparedTrainer, Comparison, CurveSpread } from '../../compare/comparison.js';
import type { Spread } from '../../compare/spread.js';
import { formatTable } from '../output/format-table.js';
import { quotePrompt } from '../output/result-line.js';

/** A comparison as tables: curves over the forwards, then what each trainer's chosen prompts are worth. */
export function comparisonTables(comparison: Comparison): string {
  const { metric, trainers } = comparison;
  return [
    `best dev ${metric} so far, by forwards${seedsNote(comparison)}\n`,
    curveTable(trainers, 3, ({ devScore }) => devScore),
    '\nbest dev reward so far, by forwards\n',
    curveTable(trainers, 1, ({ devReward }) => devReward),
    '\nthe prompts that the runs chose\n',
    chosenTable(comparison),
    ...failures(trainers),
  ].join('');
}

function seedsNote({ seeds }: Comparison): string {
  return seeds.length === 1 ? `, seed ${seeds[0]}` : `: mean ± sd over seeds ${seeds.join(', ')}`;
}

function curveTable(
  trainers: readonly ComparedTrainer[],
  digits: number,
  of: (point: CurveSpread) => Spread | null,
): string {
  const rows = (trainers[0]?.curve ?? []).map(({ forwards }, i) => [
    String(forwards),
    ...trainers.flatMap(({ curve }) => curve.slice(i, i + 1).map((point) => formatSpread(of(point), digits))),
  ]);
  const right = [0, ...trainers.map((_, i) => i + 1)];
  return formatTable([['forwards', ...trainers.map(({ name }) => name)], ...rows], { right });
}

const ENSEMBLE_COLUMN = 4;

function chosenTable({ metric, trainers, baselines }: Comparison): string {
  const scores = ['train', 'dev', 'test', 'ensemble test'].map((split) => `${split} ${metric}`);
  const rows = [...trainers.map((trainer) => trainerRow(trainer, metric)), ...baselines.map(baselineRow)];
  const table = [['', ...scores, 'forwards', 'seconds', 'best on dev'], ...rows];
  const hasEnsemble = trainers.some(({ ensemble }) => ensemble);
  const shown = hasEnsemble ? table : table.map((row) => row.filter((_, column) => column !== ENSEMBLE_COLUMN));
  return formatTable(shown, { right: (shown[0] ?? []).map((_, column) => column).slice(1, -1) });
}

function trainerRow(trainer: ComparedTrainer, metric: string): string[] {
  const { name, train, dev, test, ensemble, forwards, seconds, runs } = trainer;
  const score = (run: ComparedTrainer['runs'][number]): number => run.dev[metric] ?? 0;
  const best = [...runs].sort((a, b) => score(b) - score(a))[0];
  const scores = [train, dev, test, ensemble].map((spread) => formatSpread(spread, 3));
  const cost = [formatSpread(forwards, 0), formatSpread(seconds, 1)];
  return [name, ...scores, ...cost, best ? quotePrompt(best.prompt) : ''];
}

function baselineRow({ name, prompt, dev, test }: ComparedBaseline): string[] {
  const title = name === 'empty' ? 'no prompt' : 'best hand-written prompt';
  return [title, '', formatSpread(dev, 3), formatSpread(test, 3), '', '', '', quotePrompt(prompt)];
}

function failures(trainers: readonly ComparedTrainer[]): string[] {
  return trainers.flatMap(({ name, failed }) =>
    failed.map(({ seed, error }) => `\n${name}, seed ${seed}, failed and is left out: ${error}\n`),
  );
}

/** `0.812 ± 0.020`; the mean alone where there is one seed. */
export function formatSpread(spread: Spread | null, digits: number): string {
  if (!spread) return '-';
  const mean = spread.mean.toFixed(digits);
  return spread.sd === null ? mean : `${mean} ± ${spread.sd.toFixed(digits)}`;
}
