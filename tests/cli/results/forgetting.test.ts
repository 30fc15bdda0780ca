import { describe, expect, it } from 'vitest';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, tinyTask } from '../spawn-cli.js';

describe('rlprompt forgetting', { timeout: 120_000 }, () => {
  it('prints a table of policies and tasks, of two runs of which the second continues the first', async () => {
    const { cwd, flags } = tinyTask();
    const search = [
      'run',
      'mails.csv',
      ...flags,
      '--steps',
      '1',
      '--prompts-per-step',
      '4',
      '--inner-size',
      '16',
      '--shots',
      '3',
    ];
    const first = await runInProcess([...search, '--out', 'one'], { cwd });
    expect(first.code).toBe(0);
    const second = await runInProcess([...search, '--out', 'two', '--continue', 'one', '--ewc', '10'], { cwd });
    expect(second.code).toBe(0);
    const { code, stdout } = await runInProcess(['forgetting', 'one', 'two', '--prompts', '2'], { cwd });
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'policy',
      'untrained',
      'one',
      'two',
      'forgetting',
      'backward',
      'forward',
    ]);
    const alone = await runInProcess(['forgetting', 'one'], { cwd });
    expect([alone.code, lastLine(alone.stderr)]).toEqual([64, expect.stringContaining('E_USAGE')]);
  });
});
