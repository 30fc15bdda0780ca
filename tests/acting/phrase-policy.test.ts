import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Choice, PhrasePolicy } from '../../src/acting/phrase-policy.js';
import { loadLanguageModel } from '../../src/lm/load.js';
import type { LabelNormalisation, LanguageModel } from '../../src/lm/model/types.js';
import { type StateSource, stateSourceOf } from '../../src/preferences/pooled-states.js';

let model: LanguageModel;
let source: StateSource;
beforeAll(async () => {
  model = await loadLanguageModel('mail-gpt-4m');
  source = stateSourceOf(model);
});
afterAll(() => model.dispose());

const TEXT = 'The meeting is';
const ACTIONS = ['tomorrow', 'on the next Monday', 'cancelled'];

/** log p of each phrase by one pass over it alone. */
async function phraseLogProbs(policy: PhrasePolicy, { hidden, tokenIds, phrases }: Choice): Promise<number[]> {
  const { logProbs } = await policy.head.lmLogProbs(hidden, tokenIds);
  return ACTIONS.map((_, phrase) => phrases.reduce((sum, of, row) => sum + (of === phrase ? logProbs[row]! : 0), 0));
}

describe('a policy over phrases', () => {
  it.each<[LabelNormalisation, (action: string) => number]>([
    ['none', () => 1],
    ['token', (action) => source.tokenizer.encode(` ${action}`).length],
    ['word', (action) => action.split(' ').length],
  ])('begins as the frozen LM, normalised by %s', async (normalise, divisor) => {
    const policy = await PhrasePolicy.create(source, { normalise, seed: 0 });
    const choice = await policy.look(TEXT, ACTIONS);
    const sums = await phraseLogProbs(policy, choice);
    const scores = ACTIONS.map((action, i) => sums[i]! / divisor(action));
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    const [logProbs] = await policy.logProbs([choice]);
    for (const [i, score] of scores.entries()) expect(logProbs![i]).toBeCloseTo(score - Math.log(total), 2);
    await policy.dispose();
  });

  it('reads a phrase the same alone and beside others, and each state once', async () => {
    const policy = await PhrasePolicy.create(source, { normalise: 'word', seed: 0 });
    const choice = await policy.look(TEXT, ACTIONS);
    const alone = await policy.look(TEXT, ['cancelled']);
    expect(choice.hidden.slice(-alone.hidden.length)).toEqual(alone.hidden);
    expect(choice.state).toEqual(alone.state);
    expect(await policy.look(TEXT, ACTIONS)).toBe(choice);
    await policy.dispose();
  });

  it('has the gradients of its scores', async () => {
    const policy = await PhrasePolicy.create(source, { normalise: 'word', seed: 0 });
    const { parameters } = policy.head;
    // Away from the start, where hardly anything depends on the first layer.
    parameters.w2.forEach((value, i) => {
      parameters.w2[i] = value + 0.05 * Math.sin(i);
    });
    const choices = [await policy.look(TEXT, ACTIONS), await policy.look('I hope', ['so', 'that you are well'])];
    const { logProbs, gradients } = await policy.evaluate(choices);
    // Of log π: 1 minus π for the action itself, minus π for the others.
    const weights = logProbs.map((own, row) => own.map((logProb, k) => (k === row ? 1 : 0) - Math.exp(logProb)));
    const slopes = await gradients(weights);
    const value = async () => (await policy.logProbs(choices)).reduce((sum, own, row) => sum + own[row]!, 0);
    const step = 0.05;
    for (const place of [3, 77]) {
      const before = parameters.b2[place]!;
      parameters.b2[place] = before + step;
      const above = await value();
      parameters.b2[place] = before - step;
      const below = await value();
      parameters.b2[place] = before;
      expect((above - below) / (2 * step)).toBeCloseTo(slopes.b2[place]!, 2);
    }
    await policy.dispose();
  });
});
