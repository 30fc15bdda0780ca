import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/run/checkpoint/checkpoint-format.js';
import { readPolicy } from '../../src/run/policies/policy-file.js';
import { emptyFolder, runCli } from '../cli/spawn-cli.js';
import { writeSmallData } from '../small-data.js';

const FIXTURE = join(import.meta.dirname, '../fixtures/checkpoint-version-1/run');
const OLD = 'checkpoints/step-000004.ckpt';

/** A run of rlprompt 0.1 that was stopped between steps 4 and 6, resumed to its end. */
async function resumedRun(prepare: (run: string) => void): Promise<string> {
  const cwd = emptyFolder();
  writeSmallData(cwd);
  const run = join(cwd, 'run');
  cpSync(FIXTURE, run, { recursive: true });
  prepare(run);
  const { code, stderr } = await runCli(['resume', 'run', '--ui', 'plain'], { cwd });
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('resumed after step 4');
  return run;
}

it('a run with checkpoints of version 1 is resumed as if they were of this version', async () => {
  const old = await resumedRun(() => {});
  const converted = await resumedRun((run) => {
    const content = decodeCheckpoint(readFileSync(join(run, OLD)));
    writeFileSync(join(run, OLD.replace('ckpt', 'safetensors')), encodeCheckpoint(content).bytes);
    rmSync(join(run, OLD));
  });
  expect(existsSync(join(old, 'checkpoints/step-000006.safetensors'))).toBe(true);
  for (const file of ['step-000006.safetensors', 'best-policy.safetensors']) {
    const [a, b] = [old, converted].map((run) => readFileSync(join(run, 'checkpoints', file)));
    expect(a!.equals(b!), file).toBe(true);
  }
  expect(readdirSync(join(old, 'checkpoints')).sort()).toEqual([
    'best-policy.ckpt',
    'best-policy.safetensors',
    'step-000004.ckpt',
    'step-000006.safetensors',
  ]);
});

it('a policy of version 1 is read where there is no newer one', () => {
  const run = join(emptyFolder(), 'run');
  cpSync(FIXTURE, run, { recursive: true });
  const { summary, parameters } = readPolicy(run);
  expect(summary.step).toBe(2);
  expect(Object.keys(parameters)).toEqual(['policy.w1', 'policy.b1', 'policy.w2', 'policy.b2']);
  expect(parameters['policy.b1']).toHaveLength(2);
  renameSync(join(run, 'checkpoints/best-policy.ckpt'), join(run, 'checkpoints/other.ckpt'));
  expect(() => readPolicy(run)).toThrow(expect.objectContaining({ code: 'E_NO_POLICY' }));
});
