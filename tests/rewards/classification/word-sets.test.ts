import { describe, expect, it } from 'vitest';
import { splitWords, verbalizerProblems } from '../../../src/classifier/given-words.js';
import { ScoreCache } from '../../../src/rewards/cache/score-cache.js';
import { ClassificationEvaluator } from '../../../src/rewards/classification/classification-evaluator.js';
import { examplesOf, ScriptedScorer, TEMPLATE, taskOf } from '../scripted-scorer.js';

const settings = { correct: 200, incorrect: 180, calibrate: 'none' } as const;
const train = examplesOf(['a', 'b', 'c', 'd'], [0, 0, 1, 1]);
const words = [
  { label: 'no', words: ['bad', 'awful'] },
  { label: 'yes', words: ['good', 'fine'], weights: [3, 1] },
];

/** Word by word; what the evaluator is to make of them is worked out by hand below. */
class WordScorer extends ScriptedScorer {
  override async labelScores(request: Parameters<ScriptedScorer['labelScores']>[0]): Promise<Float32Array> {
    const byWord: Record<string, number> = { bad: -1, awful: -3, good: -2, fine: 2, no: 0, yes: 5 };
    await super.labelScores(request);
    return Float32Array.from(request.rows.flatMap(() => request.labels.map(({ word }) => byWord[word]!)));
  }
}

function evaluator(calibrate: 'none' | 'inputs' = 'none') {
  const scorer = new WordScorer(() => 0);
  const cache = new ScoreCache(scorer, { enabled: true });
  const task = taskOf(train, ['no', 'yes']);
  return {
    scorer,
    cache,
    evaluator: new ClassificationEvaluator(task, scorer, cache, TEMPLATE, { ...settings, calibrate }),
  };
}

describe('label-word sets', () => {
  it('score a label by the weighted mean of its words', async () => {
    const { evaluator: reader } = evaluator();
    const reading = { words, demonstrations: [] };
    const [read] = await reader.evaluate([{ text: 'p', examples: train, reading }], { details: true });
    // no: (-1 - 3) / 2 = -2; yes: (3 · -2 + 2) / 4 = -1.
    expect(read!.outcomes![0]!.probabilities!.yes).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(read!.reading).toEqual(reading);
  });

  it('are those of their label, whatever order a run had the labels in, and so are offsets', async () => {
    const { evaluator: reader } = evaluator();
    const reading = { words: words.toReversed(), demonstrations: [] };
    const item = { text: 'p', examples: train, reading, offsets: [-0.5, 1] };
    const [read] = await reader.evaluate([item], { details: true });
    // yes: (3 · -2 + 2) / 4 + 0.5 = -0.5; no: (-1 - 3) / 2 - 1 = -3.
    expect(read!.outcomes![0]!.probabilities!.yes).toBeCloseTo(1 / (1 + Math.exp(-2.5)), 6);
    expect(read!.metrics.accuracy).toBe(0.5);
  });

  it('may have one word for a label and several for another', async () => {
    const { evaluator: reader } = evaluator();
    const reading = {
      words: [
        { label: 'no', words: ['bad'] },
        { label: 'yes', words: ['good', 'fine'] },
      ],
      demonstrations: [],
    };
    const [read] = await reader.evaluate([{ text: 'p', examples: train, reading }], { details: true });
    // no: -1; yes: (-2 + 2) / 2 = 0.
    expect(read!.outcomes![0]!.probabilities!.yes).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
  });

  it('are kept apart from the task’s own words, prompt by prompt', async () => {
    const { evaluator: reader, cache } = evaluator();
    const items = [undefined, { words, demonstrations: [] }].map((reading) => ({
      text: 'p',
      examples: train,
      reading,
    }));
    const [given, found] = await reader.evaluate(items, { details: true });
    expect(given!.reading).toBeUndefined();
    expect(given!.outcomes![0]!.probabilities!.yes).toBeCloseTo(1 / (1 + Math.exp(-5)), 6);
    expect(found!.outcomes![0]!.probabilities!.yes).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(cache.forwards).toBe(8);
  });

  it('never show a row its own answer: rows among the demonstrations are read behind others', async () => {
    const { evaluator: reader, scorer } = evaluator('inputs');
    const demonstration = (text: string, word: string) => ({ text, word, label: word });
    const reading = {
      words: words.map(({ label }) => ({ label, words: [label] })),
      demonstrations: [demonstration('a', 'no'), demonstration('c', 'yes')],
      standIns: [demonstration('b', 'no'), demonstration('d', 'yes')],
    };
    const templates: string[] = [];
    const asked = scorer.labelScores.bind(scorer);
    scorer.labelScores = async (request) => {
      templates.push(`${request.template.source}: ${request.inputs.join('')}`);
      return await asked(request);
    };
    const [read] = await reader.evaluate([{ text: 'p', examples: train, reading }]);
    expect(templates.map((line) => line.replaceAll('\n', '/'))).toEqual([
      'a {prompt} no//c {prompt} yes//{input} {prompt}: bd',
      'b {prompt} no//d {prompt} yes//{input} {prompt}: ac',
    ]);
    expect(read!.exampleRewards).toHaveLength(4);
  });

  it('never score a row behind itself where there are no others to read it behind', async () => {
    const { evaluator: reader } = evaluator();
    const demonstrations = [{ text: 'a', word: 'no', label: 'no' }];
    const reading = { words, demonstrations };
    await expect(reader.evaluate([{ text: 'p', examples: train, reading }])).rejects.toMatchObject({
      code: 'E_DEMOS_SCORED',
    });
  });

  it('are refused where two labels share a word, or one is empty', () => {
    expect(splitWords('great | good')).toEqual(['great', 'good']);
    expect(verbalizerProblems({ a: 'x|y', b: 'z|y' })).toEqual(['verbalizer: a and b have the same word "y"']);
    expect(verbalizerProblems({ a: 'x|', b: 'z' })).toEqual(['verbalizer: the label a has an empty word in "x|"']);
    expect(verbalizerProblems({ a: 'x|x', b: 'z' })).toEqual(['verbalizer: a has the word "x" twice']);
  });
});
