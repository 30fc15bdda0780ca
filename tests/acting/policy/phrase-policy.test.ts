import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PhrasePolicy } from '../../../src/acting/policy/phrase-policy.js';
import { loadLanguageModel } from '../../../src/lm/load.js';
import { type LabelNormalisation, type LanguageModel, startTokenOf } from '../../../src/lm/model/types.js';
import { type StateSource, stateSourceOf } from '../../../src/preferences/pooled-states.js';

let model: LanguageModel;
let source: StateSource;
beforeAll(async () => {
  model = await loadLanguageModel('mail-gpt-4m');
  source = stateSourceOf(model);
});
afterAll(() => model.dispose());

const TEXT = 'The meeting is';
const ACTIONS = ['tomorrow', 'on the next Monday', 'cancelled'];

/** log p of a phrase by reading it alone, token by token. */
async function phraseLogProb(action: string): Promise<number> {
  const { weights } = await source.hiddenStates.head();
  const { hiddenSize, vocabularySize } = source.hiddenStates;
  const tokens = source.tokenizer.encode(` ${action}`);
  let step = await source.hiddenStates.begin([[startTokenOf(source.tokenizer), ...source.tokenizer.encode(TEXT)]]);
  let sum = 0;
  for (const token of tokens) {
    const logits = new Float64Array(vocabularySize);
    for (let j = 0; j < hiddenSize; j++) {
      for (let v = 0; v < vocabularySize; v++)
        logits[v] = logits[v]! + step.hidden[j]! * weights[j * vocabularySize + v]!;
    }
    sum += logits[token]! - Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
    step = await source.hiddenStates.advance(step.state, [token]);
  }
  step.state.dispose();
  return sum;
}

describe('a policy over phrases', () => {
  it.each<[LabelNormalisation, (action: string) => number]>([
    ['none', () => 1],
    ['token', (action) => source.tokenizer.encode(` ${action}`).length],
    ['word', (action) => action.split(' ').length],
  ])('begins as the frozen LM, normalised by %s', async (normalise, divisor) => {
    const policy = await PhrasePolicy.create(source, { normalise, seed: 0 });
    const choice = await policy.look(TEXT, ACTIONS);
    const sums = await Promise.all(ACTIONS.map(phraseLogProb));
    const scores = ACTIONS.map((action, i) => sums[i]! / divisor(action));
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    const logProbs = policy.logProbs(choice);
    for (const [i, score] of scores.entries()) expect(logProbs[i]).toBeCloseTo(score - Math.log(total), 3);
    await policy.dispose();
  });

  it('reads a phrase the same alone and beside others, and each state once', async () => {
    const policy = await PhrasePolicy.create(source, { normalise: 'word', seed: 0 });
    const choice = await policy.look(TEXT, ACTIONS);
    const other = await PhrasePolicy.create(source, { normalise: 'word', seed: 0 });
    const alone = await other.look(TEXT, ['cancelled']);
    expect(choice.state).toEqual(alone.state);
    expect(choice.phrases[2]).toEqual(alone.phrases[0]);
    expect(choice.lmScores[2]).toBe(alone.lmScores[0]);
    expect(await policy.look(TEXT, ACTIONS)).toBe(choice);
    await Promise.all([policy.dispose(), other.dispose()]);
  });

  it('cuts a long observation from the left, and refuses an action that does not fit into the context', async () => {
    const policy = await PhrasePolicy.create({ ...source, contextLength: 8 }, { normalise: 'none', seed: 0 });
    const [cut] = await policy.scoresAfter(`${TEXT} ${TEXT} ${TEXT}`, ['now']);
    const [again] = await policy.scoresAfter(`${TEXT} ${TEXT} ${TEXT} ${TEXT}`, ['now']);
    expect(cut).toBe(again);
    const long = Array(8).fill('tomorrow').join(' ');
    await expect(policy.look(TEXT, ['now', long])).rejects.toMatchObject({
      code: 'E_ENVIRONMENT_ACTION_LENGTH',
      message: expect.stringMatching(/^an action takes \d+ tokens, the model's context is 8 with the observation$/),
      where: expect.stringContaining('"tomorrow tomorrow'),
    });
    await policy.dispose();
  });
});
