import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readEvents } from '../../../src/run/store/logs/event-log.js';
import { resultOf } from '../../../src/run/store/run-folder.js';
import { emptyFolder, lastLine, runCli } from '../spawn-cli.js';

/** A task whose reward is the length of a prompt, or breaks after some calls. */
const taskOf = (reward: string, range = [0, 100]): string => `let calls = 0;
export default {
  name: 'long', kind: 'custom', manualPrompts: ['as written'], rewardRange: ${JSON.stringify(range)},
  examples: { train: [{ text: 'a' }], dev: [{ text: 'b' }], test: [{ text: 'c' }] },
  reward: async ({ prompts }) => { calls += 1; ${reward} },
};
`;

it('a run whose reward was corrected goes on where its user says so, with a warning', {
  timeout: 120_000,
}, async () => {
  const cwd = emptyFolder();
  const write = (reward: string): void => writeFileSync(join(cwd, 'task.mjs'), taskOf(reward));
  write(`if (calls > 9) throw new Error('broken'); return prompts.map(({ length }) => length);`);
  const run = ['run', './task.mjs', '--steps', '12', '--prompts-per-step', '4', '--inner-size', '16', '--ui', 'plain'];
  const broken = await runCli([...run, '--checkpoint-every', '1', '--out', 'my run'], { cwd });
  expect(lastLine(broken.stderr)).toMatch(/E_PLUGIN_THROW.* broken.*then resume with --changed-task/);
  const steps = [...readEvents(join(cwd, 'my run'))].filter(({ type }) => type === 'step-end').length;
  expect(steps).toBeGreaterThan(0);
  write('return prompts.map(({ length }) => length);');
  const refused = await runCli(['resume', 'my run'], { cwd });
  expect(refused.code).toBe(65);
  expect(lastLine(refused.stderr)).toMatch(/E_DATA_DRIFT.*rlprompt resume "my run" --changed-task, or start/);
  const resumed = await runCli(['resume', 'my run', '--changed-task', '--ui', 'plain'], { cwd });
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.stderr).toContain('the task has changed: baselines and best prompts are scored again');
  expect(resultOf(join(cwd, 'my run'))!.steps).toBe(12);
  const start = [...readEvents(join(cwd, 'my run'))].findLast(({ type }) => type === 'run-start');
  expect(start).toMatchObject({ resumedAtStep: expect.any(Number) });
});

it('scores of the task as it was before are not used', { timeout: 120_000 }, async () => {
  const cwd = emptyFolder();
  const write = (reward: string): void => writeFileSync(join(cwd, 'task.mjs'), taskOf(reward, [0, 2000]));
  write('return prompts.map(({ length }) => (calls > 9 ? 1e20 : length));');
  const run = ['run', './task.mjs', '--steps', '6', '--prompts-per-step', '4', '--inner-size', '16', '--ui', 'plain'];
  const more = ['--checkpoint-every', '1', '--evaluation-every', '1', '--out', 'run'];
  const broken = await runCli([...run, ...more], { cwd });
  expect(lastLine(broken.stderr)).toMatch(/E_REWARD_RANGE.*then resume with --changed-task/);
  write('return prompts.map(({ length }) => 1000 + length);');
  const resumed = await runCli(['resume', 'run', '--changed-task', '--ui', 'plain'], { cwd });
  expect(resumed.code, resumed.stderr).toBe(0);
  const { best, baselines } = resultOf(join(cwd, 'run'))!;
  expect(best.train.reward).toBe(1000 + best.prompt.length);
  expect(best.dev.reward).toBe(1000 + best.prompt.length);
  expect(baselines.manual).toMatchObject({ prompt: 'as written', dev: { reward: 1010 }, test: { reward: 1010 } });
  expect(baselines.empty).toMatchObject({ dev: { reward: 1000 }, test: { reward: 1000 } });
  const again = await runCli(['resume', 'run', '--steps', '7', '--ui', 'plain'], { cwd });
  expect([again.code, again.stderr]).toEqual([0, expect.not.stringContaining('scored again')]);
});
