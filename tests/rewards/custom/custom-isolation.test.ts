import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../data/data-folder.js';
import { BATCH, hostOf, isAlive, pluginFile } from '../plug-in.js';

describe('what a reward takes, prints, sees and starts', () => {
  it.concurrent.for([
    ['buffers', 'Buffer.alloc(2 ** 24, 1)'],
    ['the heap', 'new Array(2 ** 20).fill({ a: 1 })'],
  ])('a reward that fills memory through %s is ended at the cap', async ([, expression], context) => {
    const body = `const kept = []; for (;;) kept.push(${expression})`;
    const { host } = hostOf(context, pluginFile(body), { memoryLimit: 300 * 2 ** 20 });
    const error = await refusalOf(() => host.score(BATCH, { seed: 1 }));
    expect(error.code).toBe('E_PLUGIN_OOM');
    expect(error.message).toContain('300 MiB');
  });

  it.concurrent('may print 300 MB: 64 KiB of it are kept, escaped', async (context) => {
    const body = `const line = '\\x1b]0;title\\x07'.repeat(6000) + '\\n';
      const drained = () => new Promise((resolve) => process.stdout.once('drain', resolve));
      for (let i = 0; i < 5_000; i++) if (!process.stdout.write(line)) await drained();
      return [1, 2]`;
    const { host, output } = hostOf(context, pluginFile(body), { timeoutMs: 60_000 });
    const before = process.memoryUsage.rss();
    expect(await host.score(BATCH, { seed: 1 })).toHaveLength(2);
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 2 ** 20);
    const text = output.join('');
    expect(text).toContain('\\x1b]0;title\\x07');
    expect(text).not.toContain('\x1b');
    expect(text.slice(-100)).toMatch(/… and \d{8,} bytes more/);
    expect(text.length).toBeLessThan(400_000);
  });

  it.concurrent('sees few environment variables and those that its task names', async (context) => {
    process.env.RLPROMPT_TEST_SECRET = 'secret';
    process.env.RLPROMPT_TEST_KEY = 'key';
    const body = `context.log(JSON.stringify(Object.keys(process.env))); return [1, 2]`;
    const { host, output } = hostOf(context, pluginFile(body), { env: ['RLPROMPT_TEST_KEY'] });
    await host.score(BATCH, { seed: 1 });
    expect(output.join('')).toContain('RLPROMPT_TEST_KEY');
    expect(output.join('')).toContain('PATH');
    expect(output.join('')).not.toContain('RLPROMPT_TEST_SECRET');
  });

  it.concurrent('ends with what it has started, when it is stopped', async (context) => {
    const body = `const { spawn } = await import('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      return [process.pid, child.pid]`;
    const { host } = hostOf(context, pluginFile(body));
    const pids = (await host.score(BATCH, { seed: 1 })).map(({ reward }) => reward);
    host.close();
    await context.expect.poll(() => pids.filter(isAlive), { timeout: 3000 }).toEqual([]);
  });

  it.concurrent('is gone, with what it has started, after the program was killed', async (context) => {
    const body = `const { spawn } = await import('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      const { writeFileSync } = await import('node:fs');
      writeFileSync(new URL('./pids', import.meta.url), [process.pid, child.pid, 'all'].join(' '));
      for (;;) {}`;
    const file = pluginFile(body);
    const program = spawnProgram(file);
    context.onTestFinished(() => void program.kill('SIGKILL'));
    const pidsFile = join(dirname(file), 'pids');
    const readPids = () => (existsSync(pidsFile) ? readFileSync(pidsFile, 'utf8').split(' ') : []);
    await context.expect.poll(() => readPids().at(-1), { timeout: 30_000 }).toBe('all');
    const pids = readPids().slice(0, 2).map(Number);
    context.expect(pids.filter(isAlive)).toEqual(pids);
    program.kill('SIGKILL');
    await context.expect.poll(() => pids.filter(isAlive), { timeout: 5000 }).toEqual([]);
  });
});

/** A program of its own that waits for a reward. */
function spawnProgram(file: string): ChildProcess {
  const host = resolve(import.meta.dirname, '../../../src/rewards/custom/custom-host.ts');
  const script = join(dirname(file), 'program.ts');
  writeFileSync(
    script,
    `import { RewardHost } from ${JSON.stringify(host)};
     const options = { timeoutMs: 60_000, maxErrors: 0, answer: async () => 1 };
     const host = new RewardHost({ file: ${JSON.stringify(file)}, source: 'test', env: [] }, options);
     await host.score({ prompts: ['x'], examples: [], split: 'train' }, { seed: 1 });`,
  );
  const loader = resolve(import.meta.dirname, '../../../node_modules/jiti/lib/jiti-register.mjs');
  return spawn(process.execPath, ['--import', pathToFileURL(loader).href, script]);
}
