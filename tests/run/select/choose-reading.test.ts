import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../src/classifier/classifier.js';
import type { DemonstrationSet } from '../../../src/classifier/draw-demonstrations.js';
import type { ReadingChoice } from '../../../src/rewards/classification/label-word-chooser.js';
import { Candidates } from '../../../src/run/select/candidates.js';
import { chooseReading, type ReadingInputs, readByAllRows } from '../../../src/run/select/choose-reading.js';
import { splitShares } from '../../../src/run/select/selection.js';
import { examples, TableEvaluator, type Worth } from './table-evaluator.js';

const SPLITS = { train: examples(24, 'train'), dev: examples(6, 'dev'), test: examples(2, 'test') };
const LABELS = [
  { name: 'no', word: 'bad' },
  { name: 'yes', word: 'good' },
];

const readingOf = (word: string, set?: Partial<DemonstrationSet>): Reading => ({
  words: [{ label: 'no', words: [word] }],
  demonstrations: set?.demonstrations ?? [],
  ...(set?.standIns ? { standIns: set.standIns } : {}),
});

/** Finds the same words behind any prompts; with demonstrations the word has `+` and their number. */
class TableReader {
  readonly asked: [prompts: readonly string[], demonstrations: number][] = [];
  readonly rows: number[] = [];

  constructor(
    private readonly word: string,
    /** Cross-validated accuracy behind a prompt; 0.5 where none is given. */
    private readonly accuracies: Readonly<Record<string, number>> = {},
    readonly findsWords = true,
    private readonly room: (set: Pick<Reading, 'demonstrations'>) => boolean = () => true,
    readonly learnsInContext = false,
  ) {}

  async choose(
    prompts: readonly string[],
    rows: readonly unknown[],
    behind: Omit<Reading, 'words'> = { demonstrations: [] },
  ): Promise<ReadingChoice> {
    const count = behind.demonstrations.length;
    this.asked.push([prompts, count]);
    this.rows.push(rows.length);
    const byPrompt = prompts.map((prompt) => this.accuracies[prompt] ?? 0.5);
    const reading = readingOf(count > 0 ? `${this.word}+${count}` : this.word, behind);
    return { source: 'found', count: 1, words: reading.words, accuracy: 0.5, margin: 1, byPrompt, reading };
  }

  fits(_: string, set: Pick<Reading, 'demonstrations'>): boolean {
    return this.room(set);
  }
}

/** Reward by word, the same on each example. */
const byWord =
  (rewards: Readonly<Record<string, number>>): Worth =>
  ({ words }) =>
    rewards[words] ?? -1;

function runOf(
  chooser: TableReader,
  more: { demos?: number; worth?: Worth; trial?: Worth; manualPrompts?: string[] } = {},
) {
  const evaluator = new TableEvaluator(more.worth ?? (() => 1));
  const trial = new TableEvaluator(more.trial ?? (() => 1));
  const config = { demos: more.demos ?? 0, seed: 3, labelWords: 'found' } as const;
  const task = { splits: SPLITS, labels: LABELS, manualPrompts: more.manualPrompts ?? [] };
  const run: ReadingInputs = { config, task, evaluator, metric: 'accuracy', chooser, trial };
  return { run, evaluator, trial };
}

describe('how answers are read', () => {
  it('is by the words that do best behind the empty prompt, those by hand and plain ones together', async () => {
    const chooser = new TableReader('fine', { two: 0.9, 'This is': 0.95 });
    const { run, evaluator } = runOf(chooser, { manualPrompts: ['one', ' two ', 'three'] });
    // The plain prompts help to find words; none of them is proposed.
    expect(await chooseReading(run)).toMatchObject({ prompt: 'two', reading: readingOf('fine') });
    expect(chooser.asked).toHaveLength(1);
    expect(chooser.asked[0]![0].slice(0, 5)).toEqual(['', 'one', 'two', 'three', 'This is']);
    expect(evaluator.asked).toEqual([]);
  });

  it('finds words behind demonstrations again, with the prompts that did best without', async () => {
    const chooser = new TableReader('fine', { one: 0.8, 'This is': 0.9, 'Category:': 0.7 });
    const { run } = runOf(chooser, { demos: 2, manualPrompts: ['one'] });
    await chooseReading(run);
    expect(chooser.asked.slice(1)).toEqual([
      [['This is', 'one', 'Category:'], 2],
      [['This is', 'one', 'Category:'], 2],
    ]);
  });

  it('has demonstrations where dev finds them better', async () => {
    const chooser = new TableReader('fine');
    const { run, evaluator, trial } = runOf(chooser, { demos: 2, worth: byWord({ 'fine+2': 2 }) });
    const chosen = await chooseReading(run);
    expect(chosen.reading.words[0]!.words).toEqual(['fine+2']);
    expect(chosen.reading.demonstrations.map(({ label }) => label).sort()).toEqual(['no', 'yes']);
    expect(chosen.reading.standIns).toHaveLength(2);
    // All 32 sets on four rows of each label, eight of them on every row that they do not show.
    expect(trial.asked.map(({ examples: rows }) => rows.length)).toEqual([
      ...new Array<number>(32).fill(8),
      ...new Array<number>(8).fill(22),
    ]);
    for (const { examples: rows, reading } of trial.asked) {
      const shown = reading!.demonstrations.map(({ text }) => text);
      expect(rows.filter(({ text }) => shown.includes(text))).toEqual([]);
      expect(reading!.words).toEqual(readingOf('fine').words);
    }
    expect(trial.asked[0]!.examples.map(({ label }) => label)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    // No demonstrations, and the two best sets, each behind three prompts.
    const behind = [':6', 'This is:6', 'It is about:6'];
    expect(evaluator.prompts()).toEqual([...behind, ...behind, ...behind]);
  });

  it('has none where dev finds them no better', async () => {
    const chooser = new TableReader('fine');
    const { run } = runOf(chooser, { demos: 2, worth: byWord({ fine: 2, 'fine+2': 2 }) });
    expect((await chooseReading(run)).reading).toEqual(readingOf('fine'));
  });

  it('has them although a single prompt does better without', async () => {
    const chooser = new TableReader('fine', { one: 0.9 });
    const worth: Worth = ({ text, words }) => (words === 'fine' && text !== 'one' ? -1 : 1);
    const { run } = runOf(chooser, { demos: 2, worth, manualPrompts: ['one'] });
    expect(await chooseReading(run)).toMatchObject({ prompt: 'one', reading: { words: readingOf('fine+2').words } });
  });

  it('has them where the target LM is large enough, whatever dev says', async () => {
    const chooser = new TableReader('fine', {}, true, undefined, true);
    const { run, evaluator } = runOf(chooser, { demos: 2, worth: byWord({ fine: 2 }) });
    expect((await chooseReading(run)).reading.words).toEqual(readingOf('fine+2').words);
    expect(evaluator.asked).toHaveLength(6);
  });

  it('has them for a larger margin at the same accuracy', async () => {
    const chooser = new TableReader('fine');
    const { run, evaluator } = runOf(chooser, { demos: 2 });
    const { evaluate } = evaluator;
    evaluator.evaluate = async (items) =>
      (await evaluate.call(evaluator, items)).map((evaluation) => {
        const isShown = (evaluation.reading?.demonstrations.length ?? 0) > 0;
        return { ...evaluation, margin: isShown ? 0.5 : 0.4 };
      });
    expect((await chooseReading(run)).reading.words).toEqual(readingOf('fine+2').words);
  });

  it('takes the sets that do best on the trial', async () => {
    const chooser = new TableReader('fine');
    // The larger the first demonstration's number, the better.
    const numberOf = (text: string): number => Number(/\d+/.exec(text)![0]);
    const worths = new Map<string, number>();
    const { run, evaluator, trial } = runOf(chooser, { demos: 1, worth: byWord({ fine: 1, 'fine+1': 2 }) });
    trial.evaluate = async (items) =>
      items.map(({ reading }) => {
        const { text } = reading!.demonstrations[0]!;
        worths.set(text, numberOf(text));
        return { reward: numberOf(text), metrics: {} };
      });
    await chooseReading(run);
    const best = [...worths].sort(([, a], [, b]) => b - a)[0]!;
    expect(evaluator.asked[3]!.reading!.demonstrations[0]!.text).toBe(best[0]);
  });

  it('is refused where no set of demonstrations fits', async () => {
    const chooser = new TableReader('fine', {}, true, () => false);
    const { run, evaluator } = runOf(chooser, { demos: 4 });
    await expect(chooseReading(run)).rejects.toMatchObject({
      code: 'E_DEMOS_LENGTH',
      exitCode: 65,
      message: "no set of 4 train rows fits into the target LM's context with another row after it",
      where: '--demos',
      kept: 'nothing was started',
      next: 'fewer demonstrations, shorter rows, or a model with a longer context',
    });
    expect([chooser.asked, evaluator.asked]).toEqual([[], []]);
  });
});

describe('the last candidates', () => {
  const candidate = {
    tokenIds: [1],
    tokens: ['p'],
    text: 'p',
    step: 1,
    reward: 1,
    train: {},
    origin: 'policy',
  } as const;
  const current = readingOf('now', { demonstrations: [{ text: 't', label: 'no', word: 'bad' }], standIns: [] });

  async function readBy(chooser: TableReader, more: readonly string[] = []) {
    const { run, evaluator } = runOf(chooser, { worth: byWord({ 'found+1': 3 }), manualPrompts: ['by hand'] });
    const candidates = new Candidates(5, 'accuracy', splitShares('dev', { train: 8, dev: 8 }));
    for (const text of ['p', ...more]) candidates.add({ ...candidate, text });
    candidates.scoreDev('p', { reward: 2, metrics: { accuracy: 0.5 }, labelOffsets: [1, 2] });
    await readByAllRows({ ...run, candidates }, ['p'], current);
    return { candidates, evaluator, chooser };
  }

  it('are read by words found on train and dev rows together, and keep the scores they were chosen by', async () => {
    const { candidates, evaluator, chooser } = await readBy(new TableReader('found'), ['other']);
    // Behind demonstrations three prompts are enough: the last candidates first.
    expect(chooser.asked).toEqual([[['p', '', 'by hand'], 1]]);
    expect(chooser.rows).toEqual([30]);
    expect(candidates.get('p')).toMatchObject({ dev: { accuracy: 0.5 }, devReward: 2, refit: { accuracy: 1 } });
    expect(candidates.get('p')!.labelOffsets).toBeUndefined();
    expect(evaluator.prompts()).toEqual(['p:6']);
    for (const text of ['p', 'other']) expect(candidates.get(text)!.reading?.words[0]?.words).toEqual(['found+1']);
    expect(candidates.get('p')!.reading).toMatchObject({ demonstrations: current.demonstrations, standIns: [] });
  });

  it('stay as they are where no words are looked for', async () => {
    const { candidates, evaluator } = await readBy(new TableReader('', {}, false));
    expect(candidates.get('p')!.refit).toBeUndefined();
    expect(candidates.get('p')!.labelOffsets).toEqual([1, 2]);
    expect(evaluator.asked).toEqual([]);
  });
});
