import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SentenceStates } from '../../../src/acting/policy/sentence-states.js';
import { loadLanguageModel } from '../../../src/lm/load.js';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import { pooledStates, stateSourceOf } from '../../../src/preferences/pooled-states.js';

let model: LanguageModel;
beforeAll(async () => {
  model = await loadLanguageModel('mail-gpt-4m');
});
afterAll(() => model.dispose());

describe('the state of an observation', () => {
  it('is that of the last sentence, then the mean over all', async () => {
    const sentences = ['The stove is on.', 'Is the pan hot?', 'To fry the egg, I'];
    const states = new SentenceStates(stateSourceOf(model));
    const observation = await states.observation(sentences.join(' '));
    const alone = await Promise.all(sentences.map((sentence) => states.phrase(sentence)));
    expect(observation.slice(0, states.hiddenSize)).toEqual(alone[2]);
    const mean = observation.slice(states.hiddenSize);
    for (const [j, value] of mean.entries()) {
      expect(value).toBeCloseTo(
        alone.reduce((sum, state) => sum + (state[j] ?? Number.NaN) / 3, 0),
        5,
      );
    }
  });

  it('is the same where a newline or blanks stand around the text', async () => {
    const states = new SentenceStates(stateSourceOf(model));
    const text = 'You hold a cup. Wash it.';
    const bare = await states.observation(text);
    for (const around of [`${text}\n`, `${text}  `, `\n ${text}`])
      expect(await states.observation(around)).toEqual(bare);
  });

  it('has the direction of the pooled states and root mean square 1, whatever stands beside it', async () => {
    const source = stateSourceOf(model);
    const [pooled] = await pooledStates(source, ['open the fridge']);
    const state = await new SentenceStates(source).phrase('open the fridge');
    const size = Math.sqrt(state.reduce((sum, value) => sum + value * value, 0) / state.length);
    expect(size).toBeCloseTo(1, 5);
    const ratio = (state[0] ?? 0) / (pooled?.[0] ?? Number.NaN);
    for (const [j, value] of state.entries()) expect(value).toBeCloseTo(ratio * (pooled?.[j] ?? Number.NaN), 4);
  });
});
