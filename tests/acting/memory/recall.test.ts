import { expect, it } from 'vitest';
import { recall } from '../../../src/acting/memory/recall.js';
import type { Situation } from '../../../src/acting/memory/situation.js';

const [EAST, NORTH, BETWEEN] = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(2, 2)];
const situation = (text: string, taskState: Float32Array, state: Float32Array): Situation => ({
  ...{ task: '', text, taskState, state, actions: new Map() },
});

it('finds the situations that are most like one, by task and text', () => {
  const known = [
    situation('other task', NORTH, EAST),
    situation('other text', EAST, NORTH),
    situation('nearly', EAST, BETWEEN),
    situation('same', EAST, EAST),
  ];
  const namesOf = (count: number) => recall(known, { taskState: EAST, state: EAST }, count).map(({ text }) => text);
  expect(namesOf(2)).toEqual(['same', 'nearly']);
  expect(namesOf(9)).toEqual(['same', 'nearly', 'other task', 'other text']);
});
