import { expect, it } from 'vitest';
import { greedyChooser } from '../../src/acting/actors.js';
import type { Choice } from '../../src/acting/policy/phrase-policy.js';

const ACTIONS = ['look', 'wait', 'leave'];
const place = (text: string): Choice => ({
  ...{ text, actions: ACTIONS, lmScores: new Float64Array(3), state: new Float32Array(1), phrases: [] },
});
/** Likes to wait, then to look. */
const logProbs = () => Float64Array.of(-2, -1, -3);

it('takes the likeliest action that was not tried in the same situation of the episode', async () => {
  const choose = greedyChooser(logProbs);
  const [hall, yard] = [place('hall'), place('yard')];
  const actions: string[] = [];
  for (const choice of [hall, hall, yard, hall, hall, yard]) {
    actions.push(`${choice.text}: ${ACTIONS[await choose(choice, 'go')]}`);
  }
  expect(actions).toEqual(['hall: wait', 'hall: look', 'yard: wait', 'hall: leave', 'hall: wait', 'yard: look']);
  expect(await greedyChooser(logProbs)(hall, 'go')).toBe(1);
});
