import { describe, expect, it } from 'vitest';
import { makeReportRun } from '../../report/report-run.js';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, runCli } from '../spawn-cli.js';

describe('rlprompt replay', () => {
  it('draws a run again, with its end', async () => {
    const { code, stdout, stderr } = await runInProcess(['replay', makeReportRun(), '--speed', 'Infinity']);
    expect(code).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('step 200/200');
    expect(stderr).toContain('Offer: more information on');
  });

  it('hands on every event as a line of JSON', async () => {
    const { stderr } = await runInProcess(['replay', makeReportRun({ steps: 20 }), '--speed', '1e6', '--ui', 'json']);
    const types = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types.filter((type) => type === 'step-end')).toHaveLength(20);
    expect(types.at(-1)).toBe('run-end');
  });

  it('takes the time the run took, divided by the speed', async () => {
    const [steps, secondsEach, speed] = [20, 0.5, 10];
    const since = performance.now();
    await runInProcess(['replay', makeReportRun({ steps }), '--speed', String(speed), '--ui', 'plain']);
    expect(performance.now() - since).toBeGreaterThan((900 * steps * secondsEach) / speed);
  });

  it('ends at Ctrl-C without complaint', async () => {
    let isAsked = false;
    const { code, stderr } = await runCli(['replay', makeReportRun(), '--speed', '0.5', '--ui', 'plain'], {
      onStderr: (text, child) => {
        if (isAsked || !text.includes('32 train')) return;
        isAsked = true;
        child.kill('SIGINT');
      },
    });
    expect(code).toBe(0);
    expect(stderr).not.toContain('E_');
  });

  it.each([
    ['a speed of nothing', ['replay', 'x', '--speed', '0'], 64, 'E_USAGE'],
    ['a run that is not there', ['replay', 'nowhere'], 66, 'E_RUN_NOT_FOUND'],
  ])('refuses %s', async (_, args, code, name) => {
    const outcome = await runInProcess(args);
    expect(outcome.code).toBe(code);
    expect(lastLine(outcome.stderr)).toContain(`rlprompt: ${name}: `);
  });
});
