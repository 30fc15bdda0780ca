import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyFolder, runCli } from '../cli/spawn-cli.js';

/** Code that says it has begun and never gives the processor back; its process is known by its number. */
const LOOP = "process.stderr.write('looping ' + process.pid + ' '); for (;;);";

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it.skipIf(process.platform === 'win32').each([
  ['a configuration module', ['run', 'spam', '--config', 'loop.mjs']],
  ['a task file', ['run', './loop.mjs']],
  ['a task file that is checked', ['tasks', 'check', './loop.mjs']],
])('Ctrl-C ends %s that loops for ever, and its process', async (_what, args) => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'loop.mjs'), LOOP);
  let signalledAt = 0;
  let loopingPid = 0;
  const ended = await runCli(args, {
    cwd,
    onStderr: (said, child) => {
      const [, pid] = /looping (\d+) /.exec(said) ?? [];
      if (signalledAt > 0 || pid === undefined) return;
      loopingPid = Number(pid);
      signalledAt = performance.now();
      child.kill('SIGINT');
    },
  });
  expect(ended).toMatchObject({ code: 130, stderr: expect.stringContaining('E_INTERRUPTED') });
  expect(performance.now() - signalledAt).toBeLessThan(2000);
  await expect.poll(() => isAlive(loopingPid), { timeout: 5000 }).toBe(false);
});
