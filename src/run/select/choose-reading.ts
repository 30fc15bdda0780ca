import type { Reading } from '../../classifier/classifier.js';
import { type DemonstrationSet, drawDemonstrations } from '../../classifier/draw-demonstrations.js';
import type { FullySettledConfig } from '../../config/defaults-for.js';
import { RlpromptError } from '../../errors.js';
import { countOf } from '../../group-digits.js';
import { Rng } from '../../random/rng.js';
import type { LabelWordChooser } from '../../rewards/classification/label-word-chooser.js';
import { mean } from '../../statistics/mean.js';
import { zip } from '../../statistics/zip.js';
import type { Evaluator, Example, Task } from '../../task/types.js';
import type { Candidates } from './candidates.js';
import { bestBaseline, startingPrompts } from './starting-prompts.js';

/** What choosing how answers are read needs of a run. */
export interface ReadingInputs {
  readonly config: Pick<FullySettledConfig, 'demos' | 'seed' | 'labelWords'>;
  readonly task: Pick<Task, 'splits' | 'labels' | 'manualPrompts'>;
  readonly evaluator: Evaluator;
  readonly metric: string;
  readonly chooser: Pick<LabelWordChooser, 'choose' | 'fits' | 'findsWords' | 'learnsInContext'>;
  /** Scores sets of demonstrations on some rows, calibrated over those rows. */
  readonly trial: Evaluator;
}

/** How a run reads answers, and the prompt that was chosen with. */
export interface ChosenReading {
  readonly prompt: string;
  readonly reading: Reading;
}

/** How much is tried; a plan counts with the same numbers. */
export const TRIED = {
  /** Sets of demonstrations. */
  sets: 32,
  /** Rows of each label that all sets are tried on. */
  firstRows: 4,
  /** Sets that are tried on every train row. */
  setsOnAll: 8,
  /** Sets that dev is asked about. */
  setsOnDev: 2,
  /** Prompts that words are found with for each set that dev is asked about, and that dev is asked with. */
  promptsBehindSets: 3,
  /** Of the last candidates, those that words are found with at the end. */
  promptsAtEnd: 2,
};

/**
 * Chooses, before a search, how all prompts of a run are read: the label words by cross-validation over the train rows,
 * with the empty prompt, the hand-written ones and a few that fit anything, and the demonstrations by successive
 * halving; dev decides between two sets, or none if the target LM is small, by accuracy and margin with a few prompts.
 */
export async function chooseReading(run: ReadingInputs): Promise<ChosenReading> {
  const prompts = startingPrompts(run.task);
  const { train, dev } = run.task.splits;
  const drawn = run.config.demos === 0 ? [] : drawnSets(run);
  // What does not fit beside the shortest of all prompts is refused before anything is scored.
  if (run.config.demos > 0 && !drawn.some((set) => run.chooser.fits('', set))) throw tooLong(run.config.demos);
  const { reading, byPrompt } = await run.chooser.choose(prompts, train);
  const { prompt } = bestBaseline(run.task, prompts, byPrompt);
  const best = { prompt, reading };
  if (run.config.demos === 0) return best;
  const sets = await bestSets(run, best, drawn);
  const ranked = [...zip(prompts, byPrompt)].sort(([, a], [, b]) => b - a);
  const few = ranked.slice(0, TRIED.promptsBehindSets).map(([text]) => text);
  const candidates: Reading[] = run.chooser.learnsInContext ? [] : [reading];
  // What tells labels apart after demonstrations is other words: a model that saw answers answers in kind.
  for (const set of sets) candidates.push((await run.chooser.choose(few, train, set)).reading);
  const asked = candidates.flatMap((one) => few.map((text) => ({ text, examples: dev, reading: one })));
  const onDev = await run.evaluator.evaluate(asked);
  // With a single prompt, a few dev rows say more of luck than of the demonstrations.
  const worths = candidates.map((_, i) => {
    const own = onDev.slice(i * few.length, (i + 1) * few.length);
    return mean(own.map(({ metrics, margin = 0 }) => (metrics[run.metric] ?? 0) + margin));
  });
  return { prompt, reading: candidates[worths.indexOf(Math.max(...worths))] ?? reading };
}

/**
 * Finds words once more at the end, on the train and the dev rows together, and reads the last candidates by them, the
 * baselines included. They keep the dev scores that they were chosen by: from now on dev says nothing new of them. Words
 * that a person edited stay.
 * @param last what is exported, the best first
 * @param current how the run read answers
 */
export async function readByAllRows(
  run: ReadingInputs & { readonly candidates: Candidates },
  last: readonly string[],
  current: Reading,
): Promise<void> {
  if (!run.chooser.findsWords) return;
  const { train, dev } = run.task.splits;
  const { demonstrations, standIns } = current;
  const behind = { demonstrations, ...(standIns ? { standIns } : {}) };
  const prompts = [...new Set([...last.slice(0, TRIED.promptsAtEnd), ...startingPrompts(run.task)])];
  const { reading } = await run.chooser.choose(
    demonstrations.length > 0 ? prompts.slice(0, TRIED.promptsBehindSets) : prompts,
    [...train, ...dev],
    behind,
  );
  run.candidates.readBy(reading);
  const read = last.filter((text) => !run.candidates.get(text)?.wordsEdited);
  const onDev = await run.evaluator.evaluate(read.map((text) => ({ text, examples: dev, reading })));
  for (const [text, evaluation] of zip(read, onDev)) run.candidates.noteRefit(text, evaluation);
}

function drawnSets({ config, task }: ReadingInputs): DemonstrationSet[] {
  const rows = task.splits.train.map(({ text, label }) => ({ text, label: label! }));
  const rng = Rng.create(config.seed, 'demonstrations');
  return drawDemonstrations(rows, task.labels, { count: config.demos, sets: TRIED.sets, rng });
}

/** Successive halving: all sets on a few rows, a quarter of them on every train row that they do not show. */
async function bestSets(
  run: ReadingInputs,
  { prompt, reading }: ChosenReading,
  drawn: readonly DemonstrationSet[],
): Promise<DemonstrationSet[]> {
  const { train } = run.task.splits;
  const sets = drawn.filter((set) => run.chooser.fits(prompt, set));
  if (sets.length === 0) throw tooLong(run.config.demos);
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
  const first = await rank(sets, (set) => firstOfEach(free(set), run.task.labels.length));
  const second = await rank(first.slice(0, TRIED.setsOnAll), free);
  return second.slice(0, TRIED.setsOnDev);
}

function firstOfEach(examples: readonly Example[], labelCount: number): Example[] {
  return Array.from({ length: labelCount }, (_, label) =>
    examples.filter((example) => example.label === label).slice(0, TRIED.firstRows),
  ).flat();
}

function tooLong(count: number): RlpromptError {
  return new RlpromptError({
    code: 'E_DEMOS_LENGTH',
    exit: 'data',
    message: `no set of ${countOf(count, 'train row')} fits into the target LM's context with another row after it`,
    where: '--demos',
    kept: 'nothing was started',
    next: 'fewer demonstrations, shorter rows, or a model with a longer context',
  });
}
