import { expect, it } from 'vitest';
import { greedyActor } from '../../src/acting/actors.js';
import type { Choice, PhrasePolicy } from '../../src/acting/phrase-policy.js';

const ACTIONS = ['look', 'wait', 'leave'];
/** Likes to wait, then to look; the same object for the same situation. */
const choices = new Map<string, Choice>();
const policy = {
  look: async (text: string) => {
    const choice = choices.get(text) ?? ({ actions: ACTIONS } as unknown as Choice);
    choices.set(text, choice);
    return choice;
  },
  logProbs: () => Float64Array.of(-2, -1, -3),
} as unknown as PhrasePolicy;

it('takes the likeliest action that was not tried in the same situation of the episode', async () => {
  const actor = greedyActor(policy);
  const actions: string[] = [];
  for (const text of ['hall', 'hall', 'yard', 'hall', 'hall', 'yard']) {
    const { choice, action } = await actor.choose('', text, ACTIONS);
    expect(choice).toBe(choices.get(text));
    actions.push(`${text}: ${ACTIONS[action]}`);
  }
  expect(actions).toEqual(['hall: wait', 'hall: look', 'yard: wait', 'hall: leave', 'hall: wait', 'yard: look']);
  expect((await greedyActor(policy).choose('', 'hall', ACTIONS)).action).toBe(1);
});
