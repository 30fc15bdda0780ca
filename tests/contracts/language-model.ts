import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabelScoreRequest, LabelWord, LanguageModel } from '../../src/lm/model/types.js';
import { defaultTemplate, parseTemplate } from '../../src/template/parse-template.js';

export interface LanguageModelContract {
  load(): Promise<LanguageModel>;
  /** Two words that are one token each where the template puts them. */
  readonly words: readonly [string, string];
  /** How far a row may differ from the same row computed whole; 1e-4 in single precision. */
  readonly tolerance?: number;
  /** Why a test does not apply. */
  readonly skip?: Partial<Record<'hiddenStates' | 'neighbours' | 'longInput' | 'wholeRow', string>>;
}

const INPUTS = [
  'the quick brown fox jumps over the lazy dog',
  'returns the value',
  'one of the files could not be read, so the list is shorter than the number of names',
  'a file',
];
const PROMPTS = ['this is', '', 'value type object', 'not', 'this is very'];

/**
 * What every language model with label scores promises: a row's numbers are its own, whatever stands beside it, and
 * however the work was shared.
 */
export function describeLanguageModel(name: string, contract: LanguageModelContract): void {
  describe(`${name} keeps the contract of a language model`, () => {
    let model: LanguageModel;
    let whole: LabelScoreRequest;
    let scores: Float32Array;
    beforeAll(async () => {
      model = await contract.load();
      whole = request(model, contract.words);
      scores = await scorer(model).labelScores(whole);
    });
    afterAll(() => model?.dispose());

    it('gives a finite score to every label of every row', () => {
      expect(scores).toHaveLength(whole.rows.length * 2);
      expect([...scores].every(Number.isFinite)).toBe(true);
    });

    it('gives the same bits for the same request', async () => {
      expect(await scorer(model).labelScores(whole)).toEqual(scores);
    });

    it.skipIf(contract.skip?.neighbours)('gives a row the same bits alone as among others, in any order', async () => {
      for (const row of [0, 3, 7, 12, whole.rows.length - 1]) {
        const alone = await scorer(model).labelScores({ ...whole, rows: [whole.rows[row]!] });
        expect([...alone]).toEqual([...scores.subarray(row * 2, row * 2 + 2)]);
      }
      const reversed = await scorer(model).labelScores({ ...whole, rows: [...whole.rows].reverse() });
      const expected = [...whole.rows.keys()].reverse().flatMap((row) => [...scores.subarray(row * 2, row * 2 + 2)]);
      expect([...reversed]).toEqual(expected);
    });

    it('keeps requests apart that are made at the same time', async () => {
      const [first, second] = await Promise.all([
        scorer(model).labelScores(whole),
        scorer(model).labelScores({ ...whole, rows: whole.rows.slice(0, 5) }),
      ]);
      expect(first).toEqual(scores);
      if (!contract.skip?.neighbours) expect([...second]).toEqual([...scores.subarray(0, 10)]);
    });

    it('scores the input alone where the prompt is empty', async () => {
      const { template } = whole;
      const bare = parseTemplate(template.source.replace('{prompt}', '').replace(/ +/g, ' ').concat('{prompt}'), {
        family: template.hasMask ? 'masked' : 'causal',
      });
      const rows = [[1, 0]] as const;
      const empty = await scorer(model).labelScores({ ...whole, rows });
      const without = await scorer(model).labelScores({ ...whole, template: bare, rows });
      expectClose(difference(empty), difference(without), contract.tolerance ?? 1e-4);
    });

    it.skipIf(contract.skip?.longInput)(
      'cuts the end of an input that is too long, never the prompt, and counts it',
      async () => {
        const before = scorer(model).truncation();
        const long = Array.from({ length: model.contextLength }, (_, i) => INPUTS[0]!.split(' ')[i % 9]).join(' ');
        const inputs = [long, `${long} and more`];
        const rows = [
          [0, 0],
          [0, 1],
          [3, 0],
        ] as const;
        const cut = await scorer(model).labelScores({ ...whole, inputs, rows });
        expect(scorer(model).truncation()).toEqual({ cut: before.cut + 3, total: before.total + 3 });
        expectClose(difference(cut.subarray(2, 4)), difference(cut.subarray(0, 2)), 1e-5);
        expect(Math.abs(difference(cut.subarray(4, 6)) - difference(cut.subarray(0, 2)))).toBeGreaterThan(1e-4);
      },
    );

    it('stops between calls when it is told to', async () => {
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(scorer(model).labelScores({ ...whole, signal })).rejects.toThrow('enough');
    });

    const skipsWholeRow = contract.skip?.hiddenStates ?? contract.skip?.wholeRow;
    it.skipIf(skipsWholeRow)('scores a shared row as it scores the whole row by itself', async () => {
      const states = model.capabilities.hiddenStates!;
      const { weights, bias } = await states.head();
      for (const [row, [prompt, input]] of whole.rows.entries()) {
        const text = [INPUTS[input]!, PROMPTS[prompt]!].filter(Boolean).join(' ');
        const { hidden, state } = await states.begin([model.tokenizer!.encode(text, { special: true })]);
        state.dispose();
        const logit = (token: number) =>
          hidden.reduce(
            (sum, value, i) => sum + value * weights[i * states.vocabularySize + token]!,
            bias?.[token] ?? 0,
          );
        const [first, second] = whole.labels.map((label) => logit(label.tokenIds[0]!));
        expectClose(difference(scores.subarray(row * 2)), first! - second!, contract.tolerance ?? 1e-4);
      }
    });

    it.skipIf(contract.skip?.hiddenStates)('gives hidden states that do not depend on the way there', async () => {
      const states = model.capabilities.hiddenStates!;
      const long = model.tokenizer!.encode(INPUTS[0]!);
      const [short, other] = [long.slice(0, 4), long.slice(2, 6)];
      const alone = await states.begin([short]);
      const together = await states.begin([other, short, long, short]);
      const size = states.hiddenSize;
      expectNear(together.hidden.subarray(size, 2 * size), alone.hidden, 1e-6);
      expect([...together.hidden.subarray(3 * size)]).toEqual([...together.hidden.subarray(size, 2 * size)]);
      const next = await states.advance(together.state, [7, long[4]!, 8, 9]);
      const direct = await states.begin([long.slice(0, 5)]);
      expectNear(next.hidden.subarray(size, 2 * size), direct.hidden, contract.tolerance ?? 1e-4);
      await expect(states.advance(together.state, [7, 7, 7, 7])).rejects.toThrow('used');
    });
  });
}

function scorer(model: LanguageModel) {
  return model.capabilities.labelScores!;
}

function request(model: LanguageModel, words: readonly [string, string]): LabelScoreRequest {
  const template = defaultTemplate(model.family === 'masked' ? 'masked' : 'causal');
  const labels: LabelWord[] = scorer(model).resolveLabels(
    template,
    words.map((word, i) => ({ label: String(i), word })),
  );
  const rows = PROMPTS.flatMap((_, prompt) => INPUTS.map((_, input) => [prompt, input] as const));
  return { template, prompts: PROMPTS, inputs: INPUTS, labels, rows, normalise: 'none' };
}

function difference(scores: Float32Array): number {
  return scores[0]! - scores[1]!;
}

function expectClose(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance);
}

function expectNear(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  const scale = Math.max(1, ...expected.map(Math.abs));
  const worst = Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)));
  expect(worst / scale).toBeLessThanOrEqual(tolerance);
}
