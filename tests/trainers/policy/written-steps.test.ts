import { expect, it } from 'vitest';
import { writtenSteps } from '../../../src/trainers/policy/written-steps.js';
import { scriptedGenerator } from '../scripted-generator.js';

const { tokenizer } = scriptedGenerator();
const BLANK = 7;
const blanks = { ...tokenizer, decode: (ids: readonly number[]) => (ids[0] === BLANK ? ' ' : tokenizer.decode(ids)) };

it('a prompt is written up to the first of the blanks at its end', () => {
  const actions = [3, BLANK, 4, BLANK, BLANK, 3, 4, 5, 6, 8, BLANK, BLANK, BLANK, BLANK, BLANK];
  expect(writtenSteps(blanks, { batch: 3, time: 5, actions })).toEqual([4, 5, 1]);
  expect(writtenSteps(blanks, { batch: 3, time: [5, 3, 2], actions: actions.slice(0, 10) })).toEqual([4, 3, 2]);
});
