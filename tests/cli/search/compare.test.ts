import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, runCli, TINY_MODEL, tinyTask } from '../spawn-cli.js';

const { cwd, flags } = tinyTask();
const small = ['--generator', TINY_MODEL, '--shots', '2', '--prompts-per-step', '4', '--inner-size', '16'];
const compare = ['compare', 'mails.csv', ...flags, ...small, '--candidates', '2', '--forwards', '120'];
const rivals = ['--trainers', 'log-variance:learning-rate=0.01,random', '--seeds', '0,1'];

describe('compare', () => {
  it('stopped in its second run, reaches the numbers of one that was not, and shows them in every form', async () => {
    const whole = await runInProcess([...compare, ...rivals, '--out', 'runs/whole', '--json', '--ui', 'none'], { cwd });
    expect(whole.code).toBe(0);
    const comparison = JSON.parse(whole.stdout);
    expect(comparison).toMatchObject({ task: 'mails', metric: 'accuracy', forwards: 120, seeds: [0, 1] });
    expect(comparison.trainers.map(({ name }: { name: string }) => name)).toEqual([
      'log-variance:learning-rate=0.01',
      'random',
    ]);
    for (const { curve, runs, test } of comparison.trainers) {
      expect(curve).toHaveLength(10);
      expect(runs.map(({ seed, stopReason }: { seed: number; stopReason: string }) => [seed, stopReason])).toEqual([
        [0, 'forwards'],
        [1, 'forwards'],
      ]);
      expect(test.mean).toBeCloseTo((runs[0].test.accuracy + runs[1].test.accuracy) / 2, 12);
      expect(curve.at(-1).devScore.n).toBe(2);
    }
    expect(comparison.baselines[0]).toMatchObject({ name: 'empty', test: { n: 2 } });
    const page = readFileSync(join(cwd, 'runs/whole/report.html'), 'utf8');
    expect(page).toContain('Each trainer: best accuracy on dev so far');

    let stepsSeen = 0;
    const stopped = await runCli([...compare, ...rivals, '--out', 'runs/parts', '--ui', 'json'], {
      cwd,
      onStderr: (text, child) => {
        const runs = text.split('"type":"run-start"').length - 1;
        if (runs === 2 && stepsSeen++ === 0) child.kill('SIGINT');
      },
    });
    expect(stopped.code).toBe(130);
    expect(lastLine(stopped.stderr)).toMatch(/^rlprompt: E_INTERRUPTED: .* rlprompt compare runs\/parts$/);
    expect(existsSync(join(cwd, 'runs/parts/report.html'))).toBe(false);
    const resumed = await runCli(['compare', 'runs/parts', '--json', '--ui', 'none'], { cwd });
    expect(withoutTimes(resumed.stdout)).toEqual(withoutTimes(whole.stdout));

    const again = await runInProcess(['compare', 'runs/parts'], { cwd });
    expect(again.stderr).not.toContain('run 1 of');
    expect(again.stdout).toMatch(/^best dev accuracy so far, by forwards: mean ± sd over seeds 0, 1\n/);
    expect(again.stdout).toMatch(/^no prompt /m);
    const changed = await runInProcess([...compare, ...rivals, '--steps', '3', '--out', 'runs/parts'], { cwd });
    expect({ code: changed.code, line: lastLine(changed.stderr) }).toMatchObject({
      code: 73,
      line: expect.stringContaining('E_COMPARISON_DIFFERS'),
    });
    expect((await runInProcess(['compare', 'runs/parts', '--forwards', '9'], { cwd })).stderr).toContain(
      '--forwards cannot be given for an existing comparison',
    );
  }, 240_000);

  it.each([
    [['--trainers', 'random', '--forwards', '9'], 'task'],
    [['spam', '--forwards', '9'], '--trainers is missing'],
    [['spam', '--trainers', 'random'], '--forwards is missing'],
    [['spam', '--trainers', 'random:colour=red', '--forwards', '9'], 'unknown key \\"colour\\"'],
    [['spam', '--trainers', 'random', '--forwards', '9', '--seeds', '1,1'], 'seeds are different'],
  ])('%j is refused before anything is made', async (args, message) => {
    const outcome = await runInProcess(['compare', ...args]);
    expect(outcome.code).toBeGreaterThanOrEqual(64);
    expect(JSON.stringify(lastLine(outcome.stderr))).toContain(message);
  });
});

describe('run --seeds', () => {
  it('runs one after the other and prints an array, or a table with their mean', async () => {
    const run = ['run', 'mails.csv', ...flags, ...small, '--steps', '1', '--candidates', '2', '--ui', 'none'];
    const { stdout } = await runInProcess([...run, '--seeds', '0,3', '--out', 'runs/s', '--json'], { cwd });
    const results = JSON.parse(stdout);
    expect(results.map(({ seed, runDir }: { seed: number; runDir: string }) => [seed, runDir])).toEqual([
      [0, join('runs/s', 'seed-0')],
      [3, join('runs/s', 'seed-3')],
    ]);
    const table = await runInProcess([...run, '--seeds', '0', '--fail-under', '1.5'], { cwd });
    expect(table).toMatchObject({ code: 10 });
    expect(table.stdout).toMatch(/^mean ± sd +\d\.\d{3} /m);
    const both = await runInProcess([...run, '--seeds', '0,1', '--seed', '2'], { cwd });
    expect(lastLine(both.stderr)).toContain('--seed and --seeds exclude each other');
    // The folder of seed 3 is taken: seed 4 is not run first.
    const taken = await runInProcess([...run, '--seeds', '4,3', '--out', 'runs/s'], { cwd });
    expect([taken.code, lastLine(taken.stderr)]).toEqual([73, expect.stringContaining('E_RUN_EXISTS')]);
    expect(existsSync(join(cwd, 'runs/s/seed-4'))).toBe(false);
  }, 120_000);
});

/** Where and how fast a run went is its own. */
function withoutTimes(json: string): unknown {
  return JSON.parse(json, (key, value) => (['seconds', 'runDir', 'compareDir'].includes(key) ? null : value));
}
