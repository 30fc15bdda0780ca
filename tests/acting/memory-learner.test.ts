import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Episode } from '../../src/acting/episodes.js';
import { MEMORY, type MemoryForm, MemoryLearner, REMEMBERER } from '../../src/acting/memory-learner.js';
import { type Choice, PhrasePolicy } from '../../src/acting/policy/phrase-policy.js';
import { loadLanguageModel } from '../../src/lm/load.js';
import type { LanguageModel } from '../../src/lm/model/types.js';
import { stateSourceOf } from '../../src/preferences/pooled-states.js';
import { logSoftmax } from '../../src/trainers/policy/phrase-scores.js';

const TASK = 'leave the room';
const ACTIONS = ['wait', 'open the door', 'sing a song'];
const HERE = 'The door is shut. I';

let model: LanguageModel;
let policy: PhrasePolicy;
beforeAll(async () => {
  model = await loadLanguageModel('mail-gpt-4m');
  policy = await PhrasePolicy.create(stateSourceOf(model), { normalise: 'word', seed: 0 });
});
afterAll(async () => {
  await policy.dispose();
  await model.dispose();
});

/** An episode of one step. */
async function episode(text: string, action: string, reward: number, task = TASK): Promise<Episode> {
  const choice = await policy.look(text, ACTIONS);
  const steps = [{ choice, action: ACTIONS.indexOf(action), reward }];
  return { task, steps, total: reward, isBest: undefined };
}

async function learner(form: MemoryForm): Promise<MemoryLearner> {
  const fresh = new MemoryLearner(policy, [TASK], { episodes: 1, updates: 10 }, form);
  await fresh.learn([
    await episode(HERE, 'open the door', 1),
    await episode(HERE, 'wait', -0.25),
    await episode('A letter lies on the table. I', 'sing a song', 0.5, 'read the letter'),
  ]);
  return fresh;
}

const namesOf = ({ actions }: Choice, logProbs: Float64Array) =>
  [...logProbs.keys()].sort((a, b) => logProbs[b]! - logProbs[a]!).map((place) => actions[place]);
const PROMPT = `A letter lies on the table. I
Encouraged: sing a song (value 0.5)
The door is shut. I
Encouraged: open the door (value 1)
Discouraged: wait (value -0.25)
`;
/** What the language model makes of a text, log π of each action. */
const read = async (text: string) => logSoftmax(await policy.scoresAfter(text, ACTIONS));

describe('a memory that acts', () => {
  it('is the language model alone while nothing is remembered', async () => {
    const fresh = new MemoryLearner(policy, [TASK], { episodes: 1, updates: 10 }, MEMORY);
    const choice = await policy.look(HERE, ACTIONS);
    expect(await fresh.logProbs(choice, TASK)).toEqual(logSoftmax(choice.lmScores));
    expect(await fresh.logProbs(choice, TASK)).toEqual(await read(HERE));
  });

  it('does in a remembered situation what was best, then what was next, and last what was never done', async () => {
    const choice = await policy.look(HERE, ACTIONS);
    const logProbs = await (await learner(MEMORY)).logProbs(choice, TASK);
    expect(namesOf(choice, logProbs)).toEqual(['open the door', 'wait', 'sing a song']);
    expect(Math.exp(logProbs[1]!)).toBeGreaterThan(0.999);
  });

  it('has the language model read what is remembered where the situation, the task or all actions are new', async () => {
    const memory = await learner(MEMORY);
    const text = 'The door is shut now. I';
    expect(await memory.logProbs(await policy.look(text, ACTIONS), TASK)).toEqual(await read(PROMPT + text));
    expect(await memory.logProbs(await policy.look(HERE, ACTIONS), 'leave the house')).toEqual(
      await read(PROMPT + HERE),
    );
    const others = ['sing a song', 'hum'];
    const byReading = logSoftmax(await policy.scoresAfter(PROMPT + HERE, others));
    expect(await memory.logProbs(await policy.look(HERE, others), TASK)).toEqual(byReading);
  });

  it('is only read in the form of the article', async () => {
    const rememberer = await learner(REMEMBERER);
    const choice = await policy.look(HERE, ACTIONS);
    const logProbs = await rememberer.logProbs(choice, TASK);
    expect(logProbs).toEqual(await read(PROMPT + HERE));
    expect(logProbs).not.toEqual(await read(HERE));
    await rememberer.learn([await episode(HERE, 'sing a song', 3)]);
    const after = PROMPT.replace('open the door (value 1)', 'sing a song (value 3)');
    expect(await rememberer.logProbs(choice, TASK)).toEqual(await read(after + HERE));
  });

  it('reads texts that are longer than the model can', async () => {
    const rememberer = await learner(REMEMBERER);
    const long = await policy.look(`${'A door is here. '.repeat(200)}I`, ACTIONS);
    await rememberer.learn([await episode(long.text, 'wait', 0)]);
    const logProbs = await rememberer.logProbs(long, TASK);
    expect(logProbs.reduce((sum, logProb) => sum + Math.exp(logProb), 0)).toBeCloseTo(1, 9);
  });
});
