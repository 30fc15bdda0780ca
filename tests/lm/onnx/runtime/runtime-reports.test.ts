import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyFolder, runCli } from '../../../cli/spawn-cli.js';

it('the runtime computes without counting its use for its maker', async () => {
  const cwd = emptyFolder();
  const { stdout } = await runCli(['doctor', '--json'], { cwd, env: { RLPROMPT_CACHE_DIR: emptyFolder() } });
  const { findings } = JSON.parse(stdout) as { findings: { check: string; ok: boolean }[] };
  expect(findings.find(({ check }) => check === 'embedded model')).toMatchObject({ ok: true });
  // It would keep its counts in the home folder, which is this one.
  expect(existsSync(join(cwd, '.cache/Microsoft'))).toBe(false);
  expect(readdirSync(cwd)).toEqual([]);
});
