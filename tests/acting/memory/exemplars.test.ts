import { expect, it } from 'vitest';
import { withExemplars } from '../../../src/acting/memory/exemplars.js';
import type { Situation } from '../../../src/acting/memory/situation.js';

const STATE = new Float32Array(1);
const situation = (text: string, values: Readonly<Record<string, number>>): Situation => ({
  ...{ task: 'leave', text, taskState: STATE, state: STATE },
  actions: new Map(Object.entries(values).map(([action, value]) => [action, { value, count: 1 }])),
});

it('puts what is encouraged and what is discouraged, with their values, in front of the text, the most alike last', () => {
  const door = situation('You see a door. You', { wait: -0.1, 'open the door': 0.9666, 'kick the door': -2 });
  const stairs = situation('You see stairs. You', { 'go up': 0.5 });
  expect(withExemplars([door, stairs], 'You see a gate. You')).toBe(
    `You see stairs. You
Encouraged: go up (value 0.5)
You see a door. You
Encouraged: open the door (value 0.97)
Discouraged: kick the door (value -2)
You see a gate. You`,
  );
});
