import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { greedyChooser } from '../../src/acting/actors.js';
import { playEpisode } from '../../src/acting/episodes.js';
import { MctsLearner } from '../../src/acting/mcts-learner.js';
import { PhrasePolicy } from '../../src/acting/policy/phrase-policy.js';
import { entropyOf } from '../../src/acting/policy-step.js';
import { loadLanguageModel } from '../../src/lm/load.js';
import type { LanguageModel } from '../../src/lm/model/types.js';
import { stateSourceOf } from '../../src/preferences/pooled-states.js';
import { Rng } from '../../src/random/rng.js';
import { mean } from '../../src/statistics/mean.js';
import { openWorld, worldFile } from './world-file.js';

let model: LanguageModel;
beforeAll(async () => {
  model = await loadLanguageModel('mail-gpt-4m');
});
afterAll(() => model.dispose());

/** Six steps by walking, two by jumping. */
const walkFor = (reward: number): string => {
  const seen = `observation: \`You are \${globalThis.way} steps from the start. You\`, actions: ['walk on', 'jump ahead']`;
  return worldFile(
    `globalThis.way = 0; return { ${seen} };`,
    `globalThis.way += action === 'jump ahead' ? 3 : 1; return { ${seen}, reward: ${reward}, done: globalThis.way >= 6 };`,
  );
};

async function learnerIn(file: string, context: TestContext) {
  const world = await openWorld(context, file);
  const policy = await PhrasePolicy.create(stateSourceOf(model), { normalise: 'word', seed: 0 });
  context.onTestFinished(() => policy.dispose());
  const learner = new MctsLearner(policy, ['go'], { episodes: 30, learningRate: 3e-3 });
  const rng = Rng.create(0, 'sampling');
  const update = async (count: number) => {
    const episodes = await learner.play(world, count, rng);
    return { episodes, metrics: await learner.learn(episodes) };
  };
  return { world, policy, learner, update };
}

describe('imitation of what searches find', () => {
  it('learns the shortest way where every step only costs something', async (context) => {
    const { world, policy, learner, update } = await learnerIn(walkFor(-1), context);
    for (let count = 0; count < 10; count++) await update(count);
    const { total } = await playEpisode(world, 'go', policy, greedyChooser(learner.logProbs));
    expect(total).toBe(-2);
  });

  it('learns nothing while all episodes are worth the same: any of them would be the best', async (context) => {
    const { policy, learner, update } = await learnerIn(walkFor(0), context);
    const first = await update(0);
    const { choice } = first.episodes[0]!.steps[0]!;
    expect(learner.logProbs(choice)).toEqual(policy.withTrained(choice, new Float64Array(2)));
  });

  it('reports the entropy of the policy over the choices that the search met, learned from or not', async (context) => {
    const { policy, update } = await learnerIn(walkFor(0), context);
    const { episodes, metrics } = await update(0);
    const met = episodes.flatMap(({ steps }) => steps.map(({ choice }) => entropyOf(policy.logProbs(choice))));
    expect(metrics.entropy).toBeCloseTo(mean(met), 12);
    expect(metrics.entropy).toBeGreaterThan(0.01);
  });
});
