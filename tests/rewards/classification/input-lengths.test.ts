import { describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import { evaluatePrompts } from '../../../src/evaluate.js';
import { dataFolder, refusalOf } from '../../data/data-folder.js';

const folder = dataFolder();
/** A CSV of which so many rows of ten are longer than the 256 tokens of the embedded model. */
const file = (long: number) => {
  const rows = Array.from({ length: 10 }, (_, i) => `${i < long ? 'word '.repeat(400) : 'word '}${i},${'ab'[i % 2]}`);
  return folder.write(`${long}.csv`, ['text,label', ...rows].join('\n'));
};
const evaluate = (long: number, truncate?: 'head' | 'tail' | 'middle') =>
  evaluatePrompts(completeRunConfig({ task: file(long), truncate }), { prompts: ['It is'], split: 'test' });

describe('inputs that the target LM cannot read whole', () => {
  it('are counted, and what each loses is said', async () => {
    const { warnings } = await evaluate(5);
    expect(warnings).toEqual([
      expect.stringMatching(/^5 of 10 inputs are longer than the 256 tokens .* loses its tail/),
    ]);
    expect((await evaluate(0)).warnings).toEqual([]);
  });

  it('are refused where they are most, until it is said what they are to lose', async () => {
    const error = await refusalOf(() => evaluate(6));
    expect(error).toMatchObject({ code: 'E_INPUT_TOO_LONG', exitCode: 65 });
    expect(error.message).toMatch(/^6 of 10 inputs/);
    const [head, tail] = [await evaluate(6, 'head'), await evaluate(6, 'tail')];
    const scores = [head, tail].map(({ results }) => results[0]!.evaluation.outcomes!.map((row) => row.probabilities));
    // The numbers at the end of the texts are what the head has lost and the tail has not.
    expect(scores[0]).not.toEqual(scores[1]);
    expect(scores[0]!.slice(6)).toEqual(scores[1]!.slice(6));
    expect(head.warnings[0]).toContain('loses its head');
  });
});
