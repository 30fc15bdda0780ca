import type { Reading } from '../../classifier/classifier.js';
import { type DemonstrationSet, drawDemonstrations } from '../../classifier/draw-demonstrations.js';
import type { RunConfig } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import type { PromptSummary } from '../../events.js';
import { Rng } from '../../random/rng.js';
import type { AnswerReader, ReadingChoice } from '../../rewards/classification/answer-reader.js';
import { zip } from '../../statistics/zip.js';
import type { Evaluation, Evaluator, Example, Task } from '../../task/types.js';
import type { Candidates } from './candidates.js';

/** What choosing how answers are read needs of a run. */
export interface ReadRun {
  readonly config: Pick<RunConfig, 'demos' | 'seed' | 'labelWords'>;
  readonly task: Pick<Task, 'splits' | 'labels' | 'manualPrompts'>;
  readonly evaluator: Evaluator;
  readonly metric: string;
  readonly reader: Pick<AnswerReader, 'rank' | 'fits' | 'findsWords'>;
  /** Scores sets of demonstrations on some rows, calibrated over those rows. */
  readonly trial: Evaluator;
}

/** How a run reads answers, and the prompt that was chosen with. */
export interface ChosenReading {
  readonly prompt: string;
  readonly reading: Reading;
}

/** Sets of demonstrations to choose among, and how many of them are tried on every train row. */
const SETS = 32;
const SETS_ON_ALL = 8;
/** Rows of each label that all sets are tried on. */
const FIRST_ROWS = 4;
/** Sets for which words are found and dev is asked. */
const SETS_ON_DEV = 2;

/**
 * Chooses, before a search, how all prompts of a run are read: the label words by cross-validation over the train rows,
 * with the empty prompt and the hand-written ones, and the demonstrations by successive halving; dev decides whether
 * there are any.
 */
export async function chooseReading(run: ReadRun): Promise<ChosenReading> {
  const choices: ReadingChoice[] = [];
  for (const prompt of ['', ...run.task.manualPrompts]) choices.push(...(await run.reader.rank(prompt)).slice(0, 1));
  const best = choices.reduce((a, b) => (isBetter(b, a) ? b : a));
  if (run.config.demos === 0) return best;
  const sets = await bestSets(run, best);
  const candidates: Reading[] = [best.reading];
  for (const set of sets) {
    const [ranked] = await run.reader.rank(best.prompt, set);
    if (ranked) candidates.push(ranked.reading);
  }
  const { dev } = run.task.splits;
  const onDev = await run.evaluator.evaluate(
    candidates.map((reading) => ({ text: best.prompt, examples: dev, reading })),
  );
  return { prompt: best.prompt, reading: candidates[bestEvaluation(onDev, run.metric)] ?? best.reading };
}

/**
 * Finds words again for the last candidates, each with its own: what dev finds better is kept.
 * @param current how the run reads answers
 */
export async function readAgain(
  run: ReadRun & { readonly candidates: Candidates },
  topCandidates: readonly PromptSummary[],
  current: Reading,
): Promise<void> {
  if (!run.reader.findsWords) return;
  const { dev } = run.task.splits;
  const { demonstrations, standIns } = current;
  for (const { text } of topCandidates) {
    const ranked = await run.reader.rank(text, { demonstrations, ...(standIns ? { standIns } : {}) });
    const given = ranked.find(({ source }) => source === 'given');
    const best = ranked.slice(0, 1).map(({ reading }) => reading);
    const readings = [current, ...best, ...(given ? [given.reading] : [])];
    const onDev = await run.evaluator.evaluate(readings.map((reading) => ({ text, examples: dev, reading })));
    const chosen = onDev[bestEvaluation(onDev, run.metric)];
    if (chosen) run.candidates.scoreDev(text, chosen);
  }
}

function isBetter(a: ReadingChoice, b: ReadingChoice): boolean {
  return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.margin > b.margin);
}

/** Of equals the first. */
function bestEvaluation(evaluations: readonly Evaluation[], metric: string): number {
  const score = ({ metrics }: Evaluation): number => metrics[metric] ?? 0;
  return evaluations.reduce((best, one, i) => {
    const other = evaluations[best]!;
    const isMore = score(one) > score(other) || (score(one) === score(other) && one.reward > other.reward);
    return isMore ? i : best;
  }, 0);
}

/** Successive halving: all sets on a few rows, a quarter of them on every train row that they do not show. */
async function bestSets(run: ReadRun, { prompt, reading }: ChosenReading): Promise<DemonstrationSet[]> {
  const { config, task } = run;
  const { train } = task.splits;
  const rows = train.map(({ text, label }) => ({ text, label: label! }));
  const rng = Rng.create(config.seed, 'demonstrations');
  const drawn = drawDemonstrations(rows, task.labels, { count: config.demos, sets: SETS, rng });
  const sets = drawn.filter((set) => run.reader.fits(prompt, set));
  if (sets.length === 0) throw tooLong(config.demos);
  const rank = async (
    among: readonly DemonstrationSet[],
    examplesFor: (set: DemonstrationSet) => readonly Example[],
  ) => {
    const items = among.map((set) => ({ text: prompt, examples: examplesFor(set), reading: { ...reading, ...set } }));
    const evaluations = await run.trial.evaluate(items);
    const ranked = [...zip(among, evaluations)].sort(([, a], [, b]) => b.reward - a.reward);
    return ranked.map(([set]) => set);
  };
  const free = ({ demonstrations }: DemonstrationSet): Example[] => {
    const shown = new Set(demonstrations.map(({ text }) => text));
    return train.filter(({ text }) => !shown.has(text));
  };
  const first = await rank(sets, (set) => firstOfEach(free(set), task.labels.length));
  const second = await rank(first.slice(0, SETS_ON_ALL), free);
  return second.slice(0, SETS_ON_DEV);
}

function firstOfEach(examples: readonly Example[], labelCount: number): Example[] {
  return Array.from({ length: labelCount }, (_, label) =>
    examples.filter((example) => example.label === label).slice(0, FIRST_ROWS),
  ).flat();
}

function tooLong(count: number): RlpromptError {
  return new RlpromptError({
    code: 'E_DEMOS_LENGTH',
    exit: 'data',
    message: `no ${count} train rows fit into the target LM's context with another row behind them`,
    where: '--demos',
    kept: 'nothing was searched yet',
    next: 'fewer demonstrations, shorter rows, or a model with a longer context',
  });
}
