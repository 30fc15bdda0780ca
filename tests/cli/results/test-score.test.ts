import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TransferMatrix } from '../../../src/analysis/transfer.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder } from '../spawn-cli.js';

const TICKETS = join(import.meta.dirname, '../../../examples/tickets.csv');
const SMALL = ['--prompts-per-step', '4', '--inner-size', '64', '--label-words', 'given', '--demos', '0'];

async function jsonOf(args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = await runInProcess([...args], { cwd });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('the test score of a run', { timeout: 120_000 }, () => {
  it('calibrated by the batch is that of transfer, eval and predict, for each of its prompts', async () => {
    const cwd = emptyFolder();
    const [header, ...rows] = readFileSync(TICKETS, 'utf8').trimEnd().split('\n');
    mkdirSync(join(cwd, 'mails'));
    const parts = { train: rows.slice(0, 39), dev: rows.slice(39, 59), test: rows.slice(59) };
    for (const [name, own] of Object.entries(parts)) {
      writeFileSync(join(cwd, 'mails', `${name}.csv`), `${[header, ...own].join('\n')}\n`);
    }
    const search = [...SMALL, '--shots', '3', '--steps', '2', '--calibrate', 'batch', '--ensemble', '2'];
    const result = await jsonOf(['run', 'mails', ...search, '--out', 'run', '--json'], cwd);
    const { best, ensemble } = result;

    const matrix: TransferMatrix = await jsonOf(['transfer', 'run', '--target', 'mail-gpt-4m', '--json'], cwd);
    expect(matrix.rows[0]?.prompt).toBe(best.prompt);
    expect(matrix.cells[0]?.[0]?.metrics.accuracy).toBe(best.test.accuracy);
    for (const rank of ['1', '2', '3']) {
      const { results } = await jsonOf(['eval', 'run', '--rank', rank, '--json'], cwd);
      const row = matrix.rows.findIndex(({ prompt }) => prompt === results[0].prompt);
      const { metrics, reward } = matrix.cells[row]![0]!;
      expect({ accuracy: results[0].accuracy, reward: results[0].reward }).toEqual({ ...metrics, reward });
    }
    const together = ensemble.prompts.flatMap((prompt: string) => ['--prompt', prompt]);
    const members = await jsonOf(
      ['eval', 'mails', '--shots', '3', '--calibrate', 'batch', ...together, '--ensemble', '2', '--json'],
      cwd,
    );
    expect(members.ensemble.accuracy).toBe(ensemble.test.accuracy);

    const { stdout } = await runInProcess(['predict', 'run', 'mails/test.csv', '--format', 'jsonl'], { cwd });
    const labelled = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const right = labelled.filter(({ label, predicted }) => label === predicted);
    expect(labelled).toHaveLength(best.test.n);
    expect(right.length / labelled.length).toBe(best.test.accuracy);
  });

  it('of a split data file is that of transfer, which scores no row that the run learned from', async () => {
    const cwd = emptyFolder();
    cpSync(TICKETS, join(cwd, 'tickets.csv'));
    cpSync(TICKETS, join(cwd, 'new.csv'));
    const run = ['run', 'tickets.csv', ...SMALL, '--shots', '15', '--steps', '1', '--json'];
    const { best } = await jsonOf([...run, '--out', 'run'], cwd);
    await jsonOf([...run, '--seed', '1', '--out', 'other'], cwd);
    const transfer = (...args: string[]) => ['transfer', ...args, '--target', 'mail-gpt-4m'];
    const matrixOf = (...args: string[]): Promise<TransferMatrix> => jsonOf([...transfer(...args), '--json'], cwd);

    const onTest = await matrixOf('run');
    expect(onTest.columns).toMatchObject([{ n: best.test.n }]);
    expect(best.test.n).toBe(6);
    expect(onTest.cells[0]?.[0]?.metrics.accuracy).toBe(best.test.accuracy);
    for (const split of ['train', 'dev'] as const) {
      const { columns, cells } = await matrixOf('run', '--split', split);
      expect(columns).toMatchObject([{ n: 45 }]);
      expect(cells[0]?.[0]?.metrics.accuracy).toBe(best[split].accuracy);
    }
    const tasks = await matrixOf('run', '--task', 'new.csv', '--task', './tickets.csv');
    expect(tasks.columns.map(({ n }) => n)).toEqual([96, 6]);
    expect((await matrixOf('run', '--test-size', '4')).columns).toMatchObject([{ n: 4 }]);

    const others = [transfer('run', 'other'), transfer('run', '--seed', '1'), transfer('run', '--shots', '4')];
    for (const args of others) {
      const { code, stderr } = await runInProcess(args, { cwd });
      expect([code, stderr]).toEqual([
        64,
        expect.stringMatching(/E_USAGE: of the \d+ rows to be scored, the run has \d+ in train or dev/),
      ]);
    }
    expect(await runInProcess(['eval', 'run', '--seed', '0'], { cwd })).toMatchObject({ code: 0 });
    const whole = await runInProcess(['eval', './tickets.csv', '--run', 'run', '--text-column', 'text'], { cwd });
    expect(whole.stdout).toMatch(/accuracy +reward +rows +prompt\n.* 96 /);
    expect(whole.stderr).toContain(
      'all rows are scored, train and dev among them; "rlprompt eval run" scores its test rows alone',
    );
    expect(await runInProcess(['eval', 'new.csv', '--run', 'run'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  });

  it('and that on train and dev are what eval says where rows are shown as demonstrations', async () => {
    const cwd = emptyFolder();
    const shown = SMALL.map((word, i) => (SMALL[i - 1] === '--demos' ? '1' : word));
    const search = ['--shots', '8', '--steps', '2', '--test-size', '40', '--out', 'run', '--json'];
    const { best } = await jsonOf(['run', TICKETS, ...shown, ...search], cwd);
    expect(best.classifier.demonstrations).not.toEqual([]);
    for (const split of ['train', 'dev', 'test'] as const) {
      const { results } = await jsonOf(['eval', 'run', '--split', split, '--json'], cwd);
      expect(results[0].accuracy).toBe(best[split].accuracy);
      if (split === 'train') expect(results[0].reward).toBe(best.reward);
    }
  });
});
