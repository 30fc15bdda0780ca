import { describe, expect, it } from 'vitest';
import type { LabelScoreRequest, LanguageModel, Tokenizer, WordAnswer } from '../../../src/lm/model/types.js';
import { judgeOf } from '../../../src/rewards/judge/judge-model.js';
import { ScriptedScorer } from '../scripted-scorer.js';

const modelOf = (more: Partial<LanguageModel>): LanguageModel =>
  ({ name: 'tiny', family: 'causal', contextLength: 20, capabilities: {}, ...more }) as unknown as LanguageModel;

describe('a service that judges', () => {
  const serviceOf = (answer: Omit<WordAnswer, 'text'> & { text?: string }) => {
    const asked: unknown[] = [];
    const answers = async (texts: readonly string[], words: readonly string[], options?: { signal?: AbortSignal }) => {
      asked.push([texts, words, options]);
      return texts.map(() => ({ text: '', ...answer }));
    };
    return { asked, judge: judgeOf(modelOf({ family: 'endpoint', capabilities: { answers: { answers } } })) };
  };

  it('has the probabilities of the words where it tells them', async () => {
    const { asked, judge } = serviceOf({ logProbs: [Math.log(0.3), Math.log(0.1)] });
    const { signal } = new AbortController();
    const [answer] = await judge.ask(['Which?'], ['1', '2'], signal);
    expect(answer).toEqual({ probabilities: [expect.closeTo(0.75, 9), expect.closeTo(0.25, 9)] });
    expect(asked).toEqual([[['Which?\nAnswer:'], ['1', '2'], { signal }]]);
    expect(judge.fits('x'.repeat(1e6))).toBe(true);
  });

  it('has said a word otherwise, or something else', async () => {
    expect(await serviceOf({ text: ' 2.' }).judge.ask(['Which?'], ['1', '2'])).toEqual([{ probabilities: [0, 1] }]);
    expect(await serviceOf({ text: 'Both.' }).judge.ask(['Which?'], ['1', '2'])).toEqual([{ said: 'Both.' }]);
  });
});

describe('a model of this machine that judges', () => {
  /** A token per character, and one around each text. */
  const tokenizer = {
    encode: (text: string, { special = false } = {}) => [...(special ? [0] : []), ...Array.from(text, () => 1)],
  } as unknown as Tokenizer;

  it('has probabilities of whole answers, "10" not counted for "1"', async () => {
    const requests: LabelScoreRequest[] = [];
    const scorer = new ScriptedScorer((_, input, word) => Math.log(input === 'a' ? 0.4 : word === '1' ? 0.5 : 0.25));
    const labelScores = {
      resolveLabels: (template: unknown, labels: readonly { label: string; word: string }[]) =>
        scorer.resolveLabels(template, labels).map((one) => ({ ...one, tokenIds: [...one.word].map(Number) })),
      labelScores: async (request: LabelScoreRequest) => {
        requests.push(request);
        return await scorer.labelScores(request);
      },
      truncation: () => scorer.truncation(),
    };
    const judge = judgeOf(modelOf({ tokenizer, capabilities: { labelScores } }));
    const [even, better] = await judge.ask(['a', 'b'], ['1', '10', '2']);
    // All alike: what begins with "1" is all of "10"'s, so nothing is left of "1".
    expect(even).toEqual({ probabilities: [0, expect.closeTo(0.5, 6), expect.closeTo(0.5, 6)] });
    expect(better).toEqual({ probabilities: [1, 1, 1].map(() => expect.closeTo(1 / 3, 6)) });
    expect(requests[0]).toMatchObject({
      prompts: [''],
      inputs: ['a', 'b'],
      rows: [
        [0, 0],
        [0, 1],
      ],
      normalise: 'none',
      template: { source: '{input}\nAnswer:', hasMask: false, hasLabel: false, isRaw: false, hasSystem: false },
    });
    expect(requests[0]?.labels.map(({ label, word }) => [label, word])).toEqual([
      ['1', '1'],
      ['10', '10'],
      ['2', '2'],
    ]);
  });

  it('reads a question where three tokens are left for the answer', () => {
    const judge = judgeOf(modelOf({ tokenizer, capabilities: { labelScores: new ScriptedScorer(() => 0) } }));
    // One token before the text and eight of "\nAnswer:".
    expect(judge.fits('x'.repeat(8))).toBe(true);
    expect(judge.fits('x'.repeat(9))).toBe(false);
  });
});

describe('a model that cannot judge', () => {
  it('is a masked one, which is said', () => {
    const capabilities = { labelScores: new ScriptedScorer(() => 0) };
    expect(() => judgeOf(modelOf({ family: 'masked', capabilities }))).toThrow(
      expect.objectContaining({
        code: 'E_JUDGE_MODEL',
        exit: 'config',
        message: 'tiny is a masked language model, which cannot be asked a question',
        where: '--judge',
        next: 'name a causal model, or openai:MODEL with --endpoint',
      }),
    );
  });

  it('is one that scores no words', () => {
    expect(() => judgeOf(modelOf({}))).toThrow(expect.objectContaining({ code: 'E_MODEL_CAPABILITY' }));
  });
});
