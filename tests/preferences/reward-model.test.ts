import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../src/lm/load.js';
import type { LanguageModel } from '../../src/lm/model/types.js';
import { stateSourceOf } from '../../src/preferences/pooled-states.js';
import type { Ranking } from '../../src/preferences/ranking.js';
import { fitRewardModel } from '../../src/preferences/reward-model.js';
import { Rng } from '../../src/random/rng.js';

const WORDS = 'the mail offer list free please send time user work order report money linux server file'.split(' ');
const SETS = 20;

let model: LanguageModel;
beforeAll(async () => {
  model = await loadLanguageModel('mail-gpt-4m');
});
afterAll(() => model.dispose());

/** One rater's orders, made at random: nothing can be learned of one set from another. */
function randomOrders(): Ranking[] {
  const rng = Rng.create(1, 'examples');
  return Array.from({ length: SETS }, (_, set) => {
    const items = [0, 1, 2].map((item) => `${rng.shuffled(WORDS).slice(0, 5).join(' ')} ${set} ${item}`);
    return { context: '', items, order: rng.shuffled([[0], [1], [2]]), rater: 'anna' };
  });
}

/** The same order of the same texts, which were shown the other way round. */
function agreeing({ items, order, ...ranking }: Ranking): Ranking {
  const last = items.length - 1;
  return {
    ...{ ...ranking, rater: 'ben' },
    ...{ items: items.toReversed(), order: order.map((group) => group.map((place) => last - place)) },
  };
}

const fitted = (rankings: readonly Ranking[]) =>
  fitRewardModel(rankings, { ...stateSourceOf(model), name: model.name, digest: model.digest });

describe('the held-out accuracy of a reward model', () => {
  it('does not rise where another rater says the same of each set', async () => {
    const rankings = randomOrders();
    const [one, two] = [await fitted(rankings), await fitted([...rankings, ...rankings.map(agreeing)])];
    const { accuracy, pairs } = one.heldOut;
    expect(one.heldOut).toEqual({ accuracy, pairs: 3 * SETS, rankings: SETS, sets: SETS });
    expect(two.heldOut).toEqual({ accuracy, pairs: 2 * pairs, rankings: 2 * SETS, sets: SETS });
  });

  it('needs five sets, not five rankings of fewer', async () => {
    const four = randomOrders().slice(0, 4);
    await expect(fitted([...four, ...four.map(agreeing)])).rejects.toMatchObject({
      code: 'E_RANKING_COUNT',
      message: 'too few different sets of texts are ranked with a preference: 4, and at least 5 are needed',
    });
  });
});
