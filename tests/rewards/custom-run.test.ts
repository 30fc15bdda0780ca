import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../src/config/run-config.js';
import type { RunResult } from '../../src/events.js';
import { followRun } from '../follow-run.js';
import { SMALL_RUN } from '../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-custom-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rewards vowels; writes down every prompt it is asked for, and fails while a file named `fail` lies beside it. */
const TASK = `import { appendFileSync, existsSync } from 'node:fs';
const rows = (name) => ['one', 'two', 'three'].map((text) => ({ text: name + ' ' + text }));
export default {
  name: 'vowels',
  kind: 'custom',
  examples: { train: rows('train'), dev: rows('dev'), test: rows('test') },
  reward({ prompts, split }, { log }) {
    if (existsSync(new URL('./fail', import.meta.url))) throw new Error('the judge is away');
    appendFileSync(new URL('./asked.txt', import.meta.url), prompts.map((p) => JSON.stringify([split, p]) + '\\n').join(''));
    log('\\x1b[31mscored ' + prompts.length);
    return prompts.map((prompt) => ({ reward: prompt.split(/[aeiou]/i).length, parts: { length: prompt.length } }));
  },
};
`;

function newTask(name: string): { path: (file: string) => string; config: RunConfigInput } {
  const own = mkdtempSync(join(folder, `${name}-`));
  writeFileSync(join(own, 'task.mjs'), TASK);
  const config = { ...SMALL_RUN, task: join(own, 'task.mjs'), out: join(own, 'run'), checkpointEvery: 4 };
  return { path: (file) => join(own, file), config };
}

function lastCheckpoint(runDir: string): string {
  const files = readdirSync(join(runDir, 'checkpoints')).sort();
  return readFileSync(join(runDir, 'checkpoints', files.at(-1)!)).toString('base64');
}

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');
const timeless = (result: RunResult | undefined) => ({ ...result, seconds: 0, runDir: '' });

describe('a run with a reward of its own', async () => {
  const whole = newTask('whole');
  const unbroken = await followRun(whole.config);

  it('is rewarded, told by its parts, and chosen by its reward', () => {
    expect(unbroken.error).toBeUndefined();
    expect(unbroken.events[0]).toMatchObject({ type: 'run-start', kind: 'custom', metric: 'reward' });
    const step = unbroken.events.find((event) => event.type === 'step-end');
    expect(step).toMatchObject({ parts: { length: expect.any(Number) } });
    expect(unbroken.result!.best.test).toMatchObject({ n: 3, reward: expect.any(Number) });
    expect(unbroken.result!.best.dev.reward).toBeGreaterThanOrEqual(unbroken.result!.baselines.empty.dev.reward!);
  });

  it('keeps what the reward logged beside it, escaped', () => {
    const log = readFileSync(join(whole.config.out!, 'reward.log'), 'utf8');
    expect(log).toContain('\\x1b[31mscored 2\n');
  });

  it('resumes after a stop as if there had been none', async () => {
    const { config } = newTask('stopped');
    const stopped = await followRun(config, {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 3) controls.stop('interrupted');
    });
    expect(stopped.error?.code).toBe('E_INTERRUPTED');
    const resumed = await followRun(config, { resume: config.out! });
    expect(timeless(resumed.result)).toEqual(timeless(unbroken.result));
    expect(lastCheckpoint(config.out!)).toBe(lastCheckpoint(whole.config.out!));
  });

  it('ends when the reward keeps failing, is resumed, and pays for nothing twice', async () => {
    const { config, path } = newTask('failing');
    const failed = await followRun({ ...config, maxRewardErrors: 1 }, {}, (event) => {
      if (event.type === 'step-end' && event.step === 2) writeFileSync(path('fail'), '');
    });
    expect(failed.error).toMatchObject({ code: 'E_PLUGIN_THROW', exitCode: 70 });
    expect(failed.error!.message).toContain('the judge is away');
    expect(failed.error!.where).toMatch(/task\.mjs:\d+:\d+$/);
    expect(failed.events.at(-1)?.type).toBe('run-error');
    expect(existsSync(join(config.out!, 'scores.bin'))).toBe(true);
    rmSync(path('fail'));
    const resumed = await followRun(config, { resume: config.out! });
    expect(timeless(resumed.result)).toEqual(timeless(unbroken.result));
    expect(lastCheckpoint(config.out!)).toBe(lastCheckpoint(whole.config.out!));
    // The dry runs, two calls each with two prompts, are asked again: they belong to no run.
    const asked = linesOf(path('asked.txt')).slice(4);
    const dryRun = linesOf(whole.path('asked.txt')).slice(0, 4);
    const paid = asked.filter((line) => !dryRun.includes(line));
    expect(new Set(paid).size).toBe(paid.length);
    expect([...paid].sort()).toEqual(
      linesOf(whole.path('asked.txt'))
        .slice(4)
        .filter((line) => !dryRun.includes(line))
        .sort(),
    );
  });

  it('does not begin where the dry run fails, and leaves nothing behind', async () => {
    const { config, path } = newTask('dry');
    writeFileSync(path('fail'), '');
    const { error, events } = await followRun({ ...config, maxRewardErrors: 0 });
    expect(error?.code).toBe('E_PLUGIN_THROW');
    expect(events).toEqual([]);
    expect(existsSync(config.out!)).toBe(false);
  });
});
