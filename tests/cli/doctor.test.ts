import { describe, expect, it } from 'vitest';
import { runCli, TINY_MODEL, tinyTask } from './spawn-cli.js';

describe('doctor', () => {
  async function forecast(...args: string[]): Promise<{ ok: boolean; detail: string; bytes: number }> {
    const { cwd, flags } = tinyTask();
    const named = ['--text-column', 'text', '--label-column', 'label', '--shots', '2', '--inner-size', '64'];
    const given = [...named, ...flags.slice(flags.indexOf('--target'))];
    const { stdout } = await runCli(['doctor', 'mails.csv', '--json', ...given, ...args], { cwd });
    const { findings } = JSON.parse(stdout) as {
      findings: { check: string; ok: boolean; detail: string; bytes: number }[];
    };
    return findings.find(({ check }) => check === 'memory of the run')!;
  }

  it('counts the weights once where generator and target LM are one, and the prefixes up to their limit', async () => {
    const apart = await forecast();
    const once = await forecast('--generator', TINY_MODEL);
    const tight = await forecast('--generator', TINY_MODEL, '--max-memory', '1M');
    expect([apart.ok, once.ok, tight.ok]).toEqual([true, true, true]);
    expect(apart.detail).toContain('generator LM');
    expect(once.detail).toContain('generator and target LM, once');
    expect(once.bytes).toBeLessThan(apart.bytes);
    expect(tight.bytes).toBeLessThan(once.bytes);
  });

  it('refuses what the machine cannot hold, or what is not there', async () => {
    const huge = await forecast('--prompt-length', '64', '--prompts-per-step', '100000000');
    expect([huge.ok, huge.detail]).toEqual([false, expect.stringContaining('are free')]);
    const absent = await forecast('--generator', './absent');
    expect([absent.ok, absent.detail]).toEqual([false, expect.stringContaining('no language model')]);
  });

  it('asks for no memory where no run is named', async () => {
    const { stdout } = await runCli(['doctor', '--json']);
    const checks = JSON.parse(stdout).findings.map(({ check }: { check: string }) => check);
    expect(checks).toContain('embedded model');
    expect(checks).not.toContain('memory of the run');
  });
});
