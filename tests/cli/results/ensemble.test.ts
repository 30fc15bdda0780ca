import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/events.js';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, TINY_MODEL, tinyTask } from '../spawn-cli.js';

const { cwd, flags } = tinyTask();
const offers = Array.from(
  { length: 20 },
  (_, i) => `call me now about offer ${i},bad\nsee you at the meeting ${i},good`,
);
writeFileSync(join(cwd, 'mails.csv'), `text,label\n${offers.join('\n')}\n`);
const small = ['--generator', TINY_MODEL, '--shots', '8', '--prompts-per-step', '8', '--inner-size', '16'];
const run = ['run', 'mails.csv', ...flags, ...small, '--candidates', '4', '--ui', 'none', '--json'];

describe('--ensemble', () => {
  it('adds to a result what the best prompts are worth together, as eval finds it', async () => {
    const { stdout } = await runInProcess([...run, '--steps', '2', '--ensemble', '3', '--out', 'runs/e'], { cwd });
    const { best, ensemble } = JSON.parse(stdout);
    expect(ensemble.prompts).toHaveLength(3);
    expect(ensemble.prompts[0]).toBe(best.prompt);
    expect(ensemble.test).toMatchObject({ accuracy: expect.any(Number), reward: expect.any(Number), n: best.test.n });

    const prompts = ensemble.prompts.flatMap((prompt: string) => ['--prompt', prompt]);
    const evaluated = await runInProcess(['eval', 'mails.csv', ...flags, ...prompts, '--ensemble', '3', '--json'], {
      cwd,
    });
    const report = JSON.parse(evaluated.stdout);
    expect(report.ensemble).toMatchObject({ prompts: ensemble.prompts, n: 40 });
    expect(report.results).toHaveLength(3);
    const few = await runInProcess(['eval', 'mails.csv', ...flags, '--prompt', 'a', '--ensemble', '3'], { cwd });
    expect(lastLine(few.stderr)).toContain('3 prompts are to be scored together, but there are 1');
  }, 120_000);

  it('is not asked of eval because a run put prompts together, and what is typed counts', async () => {
    const own = await runInProcess(['eval', 'runs/e', '--json'], { cwd });
    expect(own).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(own.stdout).ensemble).toBeUndefined();
    const typed = await runInProcess(['eval', 'runs/e', '--ensemble', '2'], { cwd });
    expect(lastLine(typed.stderr)).toContain('2 prompts are to be scored together, but there are 1');
    const all = await runInProcess(['eval', 'runs/e', '--set', 'testSize=5', '--json'], { cwd });
    expect(JSON.parse(all.stdout).results[0].n).toBe(5);
    writeFileSync(join(cwd, 'rlprompt.config.json'), '{"ensemble": 2}');
    const configured = await runInProcess(['eval', 'runs/e', '--prompt', 'a', '--json'], { cwd });
    expect(JSON.parse(configured.stdout).ensemble.prompts).toHaveLength(2);
    expect(await runInProcess(['eval', 'runs/e'], { cwd })).toMatchObject({ code: 0 });
    rmSync(join(cwd, 'rlprompt.config.json'));
  }, 120_000);
});

describe('--racing', () => {
  it('costs fewer forwards in the same steps, and a resumed run ends as one that was not stopped', async () => {
    // One range throughout: how far a search is cooled depends on the steps that it was given when it began.
    const steady = [...run, '--reward-to', '0,10', '--checkpoint-every', '1'];
    const forwards = async (out: string, ...more: string[]) => {
      const { stdout, stderr } = await runInProcess([...steady, ...more, '--out', out], { cwd });
      expect(stderr).toBe('');
      return JSON.parse(stdout).forwards;
    };
    const raced = await forwards('runs/raced', '--racing', '--steps', '4');
    expect(raced).toBeLessThan(await forwards('runs/all', '--steps', '4'));
    await forwards('runs/parts', '--racing', '--steps', '2');
    expect((await runInProcess(['resume', 'runs/parts', '--steps', '4', '--ui', 'none'], { cwd })).code).toBe(0);
    const steps = (out: string) =>
      eventsOf(out).flatMap((event) => (event.type === 'step-end' ? [measured(event)] : []));
    expect(steps('runs/parts').map(({ rewardMean }) => rewardMean)).toEqual(
      steps('runs/raced').map(({ rewardMean }) => rewardMean),
    );
  }, 120_000);

  it('is refused with what it cannot go with', async () => {
    for (const [more, message] of [
      [['--no-cache'], 'racing needs the cache'],
      [['--calibrate', 'inputs'], 'racing saves nothing'],
    ] as const) {
      const { code, stderr } = await runInProcess([...run, '--racing', ...more], { cwd });
      expect({ code, says: lastLine(stderr) }).toMatchObject({ code: 78, says: expect.stringContaining(message) });
    }
  }, 60_000);
});

function eventsOf(out: string): RunEvent[] {
  const text = readFileSync(join(cwd, out, 'events.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function measured<E extends { seconds: number }>({ seconds: _, ...event }: E): Omit<E, 'seconds'> {
  return event;
}
