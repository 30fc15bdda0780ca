import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { measureForgetting, summarise } from '../../src/analysis/forgetting.js';
import { followRun } from '../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-forgetting-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('forgetting is measured from the best before, transfer from the task’s own policy and from the untrained one', () => {
  const scores = [
    [0.5, 0.1, 0.2],
    [0.9, 0.2, 0.2],
    [1.0, 0.8, 0.5],
    [0.7, 0.9, 0.6],
  ];
  const { forgetting, backwardTransfer, forwardTransfer } = summarise(scores);
  expect(forgetting.map((value) => value.toFixed(3))).toEqual(['0.300', '-0.100']);
  expect(backwardTransfer.map((value) => value.toFixed(3))).toEqual(['-0.200', '0.100']);
  expect(forwardTransfer.map((value) => value.toFixed(3))).toEqual(['0.100', '0.300']);
});

it('each policy draws prompts for each task, and is scored on it', async () => {
  const task = writeSmallData(folder);
  const [first, second] = ['first', 'second'].map((name) => join(folder, name)) as [string, string];
  const shared = { ...SMALL_RUN, steps: 2, innerSize: 16, task };
  await followRun({ ...shared, out: first, context: ['A mail:'] });
  await followRun({ ...shared, out: second, context: ['Other:'], continueRun: first });
  const table = await measureForgetting({ runs: [first, second], prompts: 3, split: 'test' });
  expect(table.tasks).toMatchObject([{ run: first, task: 'small', measure: 'accuracy', n: 30 }, { run: second }]);
  expect(table.scores.map((row) => row.length)).toEqual([2, 2, 2]);
  for (const score of table.scores.flat()) expect(Number.isInteger(Math.round(score * 90 * 1e6) / 1e6)).toBe(true);
  await expect(measureForgetting({ runs: [first], prompts: 3, split: 'test' })).rejects.toMatchObject({
    code: 'E_USAGE',
  });
  const other = join(folder, 'other');
  await followRun({ ...shared, innerSize: 8, out: other, context: ['A mail:'] });
  await expect(measureForgetting({ runs: [first, other], prompts: 3, split: 'test' })).rejects.toMatchObject({
    code: 'E_CONTINUE_MISMATCH',
    message: `its --inner-size is 8, that of ${first} 16: neither continues the other`,
    next: 'name runs each of which continued the one before: rlprompt run TASK --continue RUN',
  });
});
