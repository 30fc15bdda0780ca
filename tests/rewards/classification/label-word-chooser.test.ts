import { describe, expect, it } from 'vitest';
import type { Reading, WordSource } from '../../../src/classifier/classifier.js';
import type { AnswerWordsRequest, LabelScoreRequest, Tokenizer } from '../../../src/lm/model/types.js';
import { ScoreCache } from '../../../src/rewards/cache/score-cache.js';
import { LabelWordChooser } from '../../../src/rewards/classification/label-word-chooser.js';
import type { Example, Task } from '../../../src/task/types.js';
import { examplesOf, ScriptedScorer, TEMPLATE, taskOf } from '../scripted-scorer.js';

/** The first letter of a text is its label, "n" or "y". */
const ROWS = examplesOf(['n1', 'y1', 'n2', 'y2', 'n3', 'y3', 'n4', 'y4'], [0, 1, 0, 1, 0, 1, 0, 1]);
const isYes = (text: string): boolean => text.startsWith('y');

/** "awful" is a likely answer to rows of "no", "great" to those of "yes"; "so" is one to all. */
const LIKELY = ['awful', 'great', 'so'];

class SpeakingScorer extends ScriptedScorer {
  readonly requests: LabelScoreRequest[] = [];
  readonly answered: AnswerWordsRequest[] = [];

  constructor(
    score: (prompt: string, input: string, label: string) => number,
    private readonly words: readonly string[] = LIKELY,
  ) {
    super(score);
  }

  override labelScores(request: LabelScoreRequest): Promise<Float32Array> {
    this.requests.push(request);
    return super.labelScores(request);
  }

  async answerWords(request: AnswerWordsRequest) {
    this.answered.push(request);
    const likelihood = (word: string, input: string): number =>
      word === 'so' ? -1 : (word === 'great') === isYes(input) ? -2 : -6;
    return {
      words: this.words,
      logProbs: Float32Array.from(
        request.rows.flatMap(([, i]) => this.words.map((word) => likelihood(word, request.inputs[i] ?? ''))),
      ),
    };
  }
}

interface Setting {
  readonly labelWords?: WordSource;
  readonly labelWordsCount?: number | 'auto';
  readonly words?: readonly string[];
  readonly contextLength?: number;
  readonly train?: readonly Example[];
  readonly tokenizer?: Pick<Tokenizer, 'encode'>;
  readonly score?: (prompt: string, input: string, label: string) => number;
}

/** Behind any prompt the task's own words tell the two labels apart on all rows but "n4". */
const byInput = (_: string, input: string, label: string): number =>
  (label === 'yes') === (isYes(input) || input === 'n4') ? -1 : -2;

function readerOf({ labelWords = 'found', labelWordsCount = 1, words, contextLength = 99, ...more }: Setting = {}) {
  const scorer = new SpeakingScorer(more.score ?? byInput, words);
  const task: Task = taskOf(more.train ?? ROWS, ['no', 'yes']);
  const cache = new ScoreCache(scorer, { enabled: true });
  const targetLm = { tokenizer: more.tokenizer as Tokenizer | undefined, contextLength, capabilities: {} };
  const chooser = new LabelWordChooser(task, scorer, cache, TEMPLATE, { labelWords, labelWordsCount }, targetLm);
  return { chooser, scorer, cache };
}

const GIVEN = [
  { label: 'no', words: ['no'] },
  { label: 'yes', words: ['yes'] },
];
const FOUND = [
  { label: 'no', words: ['awful'] },
  { label: 'yes', words: ['great'] },
];

describe('how answers to prompts are best read', () => {
  it('is by the words found, which tell every row apart that the task’s own do not', async () => {
    const { chooser, scorer, cache } = readerOf({ labelWords: 'both' });
    expect(chooser.findsWords).toBe(true);
    const choice = await chooser.choose(['p', 'q'], ROWS);
    expect(choice).toMatchObject({ source: 'found', count: 1, accuracy: 1, byPrompt: [1, 1] });
    expect(choice.reading).toEqual({ demonstrations: [], words: FOUND });
    // Each row twice per prompt: once for likely answers, once for the words given.
    expect(cache.forwards).toBe(2 * 2 * ROWS.length);
    const [asked] = scorer.answered;
    expect(asked).toMatchObject({ count: 3000, prompts: ['p', 'q'], inputs: ROWS.map(({ text }) => text) });
    expect(asked?.rows.slice(6, 10)).toEqual([
      [0, 6],
      [0, 7],
      [1, 0],
      [1, 1],
    ]);
    expect(scorer.requests[0]).toMatchObject({ normalise: 'none', template: TEMPLATE, rows: asked?.rows });
  });

  it('is by the task’s own words where no others are looked for, and no likely answer is asked for', async () => {
    const { chooser, scorer } = readerOf({ labelWords: 'given' });
    expect(chooser.findsWords).toBe(false);
    const choice = await chooser.choose(['p'], ROWS);
    expect(choice).toMatchObject({ source: 'given', count: 0, accuracy: 7 / 8, words: GIVEN });
    expect(choice.reading.words).toEqual(GIVEN);
    expect(scorer.answered).toEqual([]);
  });

  it('tells how well each prompt alone does', async () => {
    const { chooser } = readerOf({
      labelWords: 'given',
      score: (prompt, input, label) => (prompt === 'bad' ? 0 : byInput(prompt, input, label)),
    });
    expect(await chooser.choose(['bad', 'p'], ROWS)).toMatchObject({ accuracy: 7 / 16, byPrompt: [0, 7 / 8] });
  });

  it('tries sets of several sizes where none is asked for', async () => {
    const words = ['awful', 'great', 'so', 'a', 'b', 'c'];
    const { chooser } = readerOf({ labelWordsCount: 'auto', words });
    const { reading, ...best } = await chooser.choose(['p'], ROWS);
    expect(best).toMatchObject({ source: 'found', count: 100, ridge: 10, accuracy: 1 });
    expect(reading.words.map(({ words: own }) => own)).toEqual([
      expect.arrayContaining(['awful']),
      expect.arrayContaining(['great']),
    ]);
  });

  it('leaves out the rows that it is shown, and reads behind them', async () => {
    const { chooser, scorer } = readerOf();
    const behind: Omit<Reading, 'words'> = {
      demonstrations: [
        { text: 'n1', label: 'no', word: 'no' },
        { text: 'y1', label: 'yes', word: 'yes' },
      ],
      standIns: [{ text: 'n2', label: 'no', word: 'no' }],
    };
    const { reading } = await chooser.choose(['p'], ROWS, behind);
    expect(reading).toEqual({ ...behind, words: FOUND });
    expect(scorer.answered[0]?.inputs).toEqual(['n2', 'y2', 'n3', 'y3', 'n4', 'y4']);
    expect(scorer.answered[0]?.template.source).toBe('n1 {prompt} no\n\ny1 {prompt} yes\n\n{input} {prompt}');
  });

  it('is refused where a label has no word among the likely answers', async () => {
    await expect(readerOf({ words: ['so'] }).chooser.choose(['p'], ROWS)).rejects.toMatchObject({
      code: 'E_FOUND_WORDS',
      exitCode: 78,
      message: 'some label has no word among 1 likely answers of the target LM',
      where: '--label-words',
      next: '--label-words given',
    });
  });

  it('is refused where more words are asked for than a label has, with the number that it has', async () => {
    const asking = (labelWordsCount: number) => readerOf({ labelWordsCount }).chooser.choose(['p'], ROWS);
    await expect(asking(3)).rejects.toMatchObject({
      code: 'E_LABEL_WORDS_COUNT',
      exitCode: 78,
      message: "3 words per label are asked for, but one label has 1 among the target LM's likely answers",
      where: '--label-words-count',
      next: '--label-words-count 1, or auto',
    });
    expect((await asking(1)).reading.words).toEqual(FOUND);
  });
});

describe('whether rows fit behind demonstrations', () => {
  const demonstrations = [{ text: 'n1', label: 'no', word: 'no' }];

  it('is seen by the longest train row with 32 tokens to spare, at three characters per token where they are not known', () => {
    // "n1 p no", two line breaks and "n1 p" are 13 characters: five tokens.
    expect(readerOf({ contextLength: 37 }).chooser.fits('p', { demonstrations })).toBe(true);
    expect(readerOf({ contextLength: 36 }).chooser.fits('p', { demonstrations })).toBe(false);
  });

  it('is decided by the longest row, not the shortest', () => {
    const train = examplesOf(['n', 'a row of 21 characters'], [0, 1]);
    expect(readerOf({ contextLength: 42, train }).chooser.fits('p', { demonstrations })).toBe(false);
    expect(readerOf({ contextLength: 43, train }).chooser.fits('p', { demonstrations })).toBe(true);
  });

  it('is counted in the target LM’s own tokens', () => {
    const tokenizer = { encode: (text: string) => [...text].map(() => 1) };
    expect(readerOf({ contextLength: 45, tokenizer }).chooser.fits('p', { demonstrations })).toBe(true);
    expect(readerOf({ contextLength: 44, tokenizer }).chooser.fits('p', { demonstrations })).toBe(false);
  });
});
