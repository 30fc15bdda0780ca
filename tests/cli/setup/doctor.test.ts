import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../in-process-cli.js';
import { TINY_MODEL, tinyTask } from '../spawn-cli.js';

describe('doctor', () => {
  async function forecast(...args: string[]): Promise<{ ok: boolean; detail: string; bytes: number }> {
    const { cwd, flags } = tinyTask();
    const named = ['--text-column', 'text', '--label-column', 'label', '--shots', '2', '--inner-size', '64'];
    const given = [...named, ...flags.slice(flags.indexOf('--target'))];
    const { stdout } = await runInProcess(['doctor', 'mails.csv', '--json', ...given, ...args], { cwd });
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

  it('counts the largest step that settings allow, and says what is not there', async () => {
    const large = await forecast('--prompt-length', '64', '--prompts-per-step', '1024', '--inner-size', '65536');
    // More than many machines have: then it is no finding that is right.
    expect(Number.parseInt(large.detail, 10)).toBeGreaterThan(30_000);
    const absent = await forecast('--generator', './absent');
    expect([absent.ok, absent.detail]).toEqual([false, expect.stringContaining('no language model')]);
  });

  it('counts what a masked target LM takes in a call, less of it with little memory', async () => {
    const masked = resolve(TINY_MODEL, '../bert');
    const template = ['--generator', TINY_MODEL, '--target', masked, '--template', '{input} {prompt} {mask} .'];
    const usual = await forecast(...template);
    const tight = await forecast(...template, '--batch-size', '1');
    expect([usual.ok, tight.ok]).toEqual([true, true]);
    expect(tight.bytes).toBeLessThan(usual.bytes);
  });

  it('lists the devices of the runtime, and tries the one that is named', async () => {
    const { stdout, code } = await runInProcess(['doctor', '--device', 'tensorrt', '--json']);
    const findings = JSON.parse(stdout).findings as { check: string; ok: boolean; detail: string }[];
    const of = (check: string) => findings.find((finding) => finding.check === check)!;
    expect(of('runtime').detail).toMatch(/^onnxruntime-node \d+\.\d+\.\d+; devices: cpu/);
    const { ok, detail } = of('device');
    expect(detail).toMatch(ok ? /works/ : /tensorrt/);
    expect(code === 0).toBe(findings.every((finding) => finding.ok));
  });

  it('asks for no memory where no run is named', async () => {
    const { stdout } = await runInProcess(['doctor', '--json']);
    const checks = JSON.parse(stdout).findings.map(({ check }: { check: string }) => check);
    expect(checks).toContain('embedded model');
    expect(checks).not.toContain('memory of the run');
  });
});
