import { describe, expect, it } from 'vitest';
import type { GenerateRequest, Generation, LanguageModel } from '../../../src/lm/model/types.js';
import { RewardCache } from '../../../src/rewards/cache/reward-cache.js';
import { StyleEvaluator } from '../../../src/rewards/style/style-evaluator.js';
import type { StyleJudges } from '../../../src/rewards/style/style-models.js';
import type { Example, Task } from '../../../src/task/types.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
import { taskOf } from '../scripted-scorer.js';

const example = (index: number, text: string, reference?: string): Example => ({
  index,
  text,
  label: 1,
  fields: reference === undefined ? {} : { reference },
});
const INPUTS = [example(0, 'aab', 'aab'), example(1, 'b')];
const task: Task = { ...taskOf(INPUTS, ['informal', 'formal']), kind: 'style-transfer' };
const template = parseTemplate('{prompt} "{input}" "', { family: 'causal' });
const settings = { seed: 5, samples: 2, bootstraps: 2 };

/** A target LM that answers each prefix from a list, with a record of what it was asked. */
class ScriptedWriter {
  readonly asked: GenerateRequest[] = [];
  constructor(private readonly answer: (prefix: string) => (string | Generation)[]) {}

  readonly generate = async (request: GenerateRequest): Promise<Generation[][]> => {
    this.asked.push(request);
    return request.prefixes.map((prefix) =>
      this.answer(prefix).map((text) => (typeof text === 'string' ? { text, stopped: true, tokenCount: 1 } : text)),
    );
  };

  textLogProbs(): Promise<never> {
    throw new Error('the writer is not asked how fluent a text is');
  }

  get model(): LanguageModel {
    return { capabilities: { generate: this }, tokenizer: undefined } as unknown as LanguageModel;
  }
}

/** Letters are orthogonal vectors, so that BERTScore is the overlap of letters; capitals are formal. */
const judges: StyleJudges = {
  content: {
    embeddingSize: 26,
    embedTokens: async (texts) =>
      texts.map((text) => {
        const tokenIds = [...text.toLowerCase()].map((letter) => letter.charCodeAt(0) - 97);
        const vectors = new Float32Array(tokenIds.length * 26);
        tokenIds.forEach((id, i) => {
          vectors[i * 26 + id] = 2;
        });
        return { tokenIds, vectors };
      }),
  },
  style: {
    probabilities: async (texts) =>
      texts.map((text) => {
        const capitals = [...text].filter((letter) => letter < 'a').length / text.length;
        return [1 - capitals, capitals];
      }),
  },
  fluency: { textLogProbs: async (texts) => texts.map((text) => ({ logProb: -text.length, tokenCount: text.length })) },
};

const evaluatorOf = (writer: ScriptedWriter, cache = new RewardCache({ enabled: true })) =>
  new StyleEvaluator(task, writer.model, judges, cache, template, settings);

describe('the style-transfer reward', () => {
  it('is the mean over the bootstraps of the best sample, then over the inputs', async () => {
    // Bootstrap 1: "AAB" (100) beats "aab" (50); bootstrap 2: "c" (0) loses to "Aab" (100 + 33.3) / 2.
    const writer = new ScriptedWriter((prefix) =>
      prefix.includes('"aab"') ? ['aab', 'AAB', 'c', 'Aab'] : ['B', 'B', 'x', 'x'],
    );
    const [evaluation] = await evaluatorOf(writer).evaluate([{ text: 'Say', examples: INPUTS }]);
    const first = (100 + (100 + 100 / 3) / 2) / 2;
    expect(evaluation!.exampleRewards![0]).toBeCloseTo(first, 5);
    expect(evaluation!.exampleRewards![1]).toBeCloseTo(50, 5);
    expect(evaluation!.reward).toBeCloseTo((first + 50) / 2, 5);
    expect(evaluation!.metrics.content).toBeCloseTo((1 + 0.5) / 2, 5);
    expect(evaluation!.metrics.style).toBeCloseTo((2 / 3 + 0.5) / 2, 5);
    expect(evaluation!.metrics.fluency).toBeCloseTo(1, 5);
    expect(evaluation!.metrics.joint).toBeCloseTo((2 / 3 + 0.5) / 2, 5);
    expect(evaluation!.metrics.gm).toBeCloseTo(Math.cbrt(0.75 * (7 / 12)), 5);
    expect(evaluation!.metrics.perplexity).toBeCloseTo(Math.E, 5);
    expect(evaluation!.parts!.content).toBeCloseTo(75, 3);
  });

  it('asks for texts in quotation marks, as long as the input allows', async () => {
    const writer = new ScriptedWriter(() => ['a', 'a', 'a', 'a']);
    await evaluatorOf(writer).evaluate([{ text: '', examples: INPUTS }]);
    expect(writer.asked).toHaveLength(1);
    expect(writer.asked[0]).toMatchObject({
      prefixes: ['"aab" "', '"b" "'],
      samplesPerPrefix: 4,
      stop: '"',
      topK: 10,
      seed: 5,
      maxNewTokens: [10, 10],
    });
  });

  it('gives nothing for an empty text and for one that does not end, and counts them', async () => {
    const cut = { text: 'AAB', stopped: false, tokenCount: 9 };
    const writer = new ScriptedWriter(() => [' ', cut, cut, 'AAB']);
    const [evaluation] = await evaluatorOf(writer).evaluate([{ text: 'p', examples: INPUTS.slice(0, 1) }]);
    expect(evaluation!.reward).toBeCloseTo(50, 5);
    expect(evaluation!.metrics).toMatchObject({ empty: 0.25, cut: 0.5 });
    expect(evaluation!.metrics.joint).toBeCloseTo(0.5, 5);
  });

  it('shows the outputs and BLEU where they are asked for, also when the reward was known', async () => {
    const writer = new ScriptedWriter(() => ['aab', 'AAB', 'c', { text: 'd', stopped: false, tokenCount: 1 }]);
    const evaluator = evaluatorOf(writer);
    const items = [{ text: 'p', examples: INPUTS.slice(0, 1) }];
    const [plain] = await evaluator.evaluate(items);
    expect(plain!.metrics.bleu).toBeUndefined();
    const [detailed] = await evaluator.evaluate(items, { details: true });
    expect(detailed!.outcomes).toMatchObject([{ index: 0, label: 'formal', output: 'AAB', reward: plain!.reward }]);
    expect(detailed!.outcomes![0]!.scores!.joint).toBeCloseTo(1, 5);
    // Neither "AAB" nor "c", the bests of their segments, is the word "aab".
    expect(detailed!.metrics.bleu).toBe(0);
    expect(evaluator.counters()).toEqual({ forwards: 4, cacheHits: 4 });
  });

  it('does not pay again for a prompt and input that are known, and gives back what was paid for before a stop', async () => {
    const log: { key: string; values: Float32Array | Float64Array }[] = [];
    const sink = { append: (records: typeof log) => log.push(...records), markUsed: () => undefined };
    const writer = new ScriptedWriter(() => ['aab', 'AAB', 'Aab', 'b']);
    const first = evaluatorOf(writer, new RewardCache({ enabled: true, sink }));
    const before = await first.evaluate([{ text: 'p', examples: INPUTS }]);
    expect(await first.evaluate([{ text: 'p', examples: [INPUTS[1]!] }])).toHaveLength(1);
    expect(first.counters()).toEqual({ forwards: 8, cacheHits: 4 });

    const silent = new ScriptedWriter(() => []);
    const cache = new RewardCache({ enabled: true });
    cache.load(log, 'prepaid');
    const second = evaluatorOf(silent, cache);
    expect(await second.evaluate([{ text: 'p', examples: INPUTS }])).toEqual(before);
    expect(silent.asked).toEqual([]);
    expect(second.counters().forwards).toBe(8);
  });
});
