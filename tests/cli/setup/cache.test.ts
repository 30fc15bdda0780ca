import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, tinyTask } from '../spawn-cli.js';

describe('the cache on the command line', () => {
  it('answers a second evaluation without the model, says so nowhere in the result, and is cleared', async () => {
    const { cwd, flags } = tinyTask();
    const env = { RLPROMPT_CACHE_DIR: join(cwd, 'cache') };
    const cli = (...args: string[]) => runInProcess(args, { cwd, env });
    const args = ['eval', 'mails.csv', '--prompt', 'so it', '--json', ...flags];
    expect((await cli('cache', 'path')).stdout).toBe(`${join(cwd, 'cache')}\n`);
    const uncached = await cli(...args, '--no-cache');
    expect(existsSync(join(cwd, 'cache', 'scores'))).toBe(false);
    const first = await cli(...args);
    const info = JSON.parse((await cli('cache', 'info', '--json')).stdout);
    expect(info.scoreSegments).toBe(1);
    const second = await cli(...args);
    expect([first.stdout, second.stdout]).toEqual([uncached.stdout, uncached.stdout]);
    expect(JSON.parse((await cli('cache', 'info', '--json')).stdout)).toEqual(info);
    const { cleared } = JSON.parse((await cli('cache', 'clear', '--json')).stdout);
    expect(cleared[0]).toEqual({ part: 'scores', bytes: info.parts[0].bytes });
    expect(JSON.parse((await cli('cache', 'info', '--json')).stdout).scoreSegments).toBe(0);
    const wrong = await cli('cache', 'clear', 'everything');
    expect([wrong.code, lastLine(wrong.stderr)]).toEqual([
      64,
      expect.stringContaining('only scores, paid, cuts, models'),
    ]);
  });

  it('counts what an evaluation that was cut off had paid for, and deletes it by name alone', async () => {
    const { cwd } = tinyTask();
    const folder = join(cwd, 'cache', 'paid');
    const cli = (...args: string[]) => runInProcess(args, { cwd, env: { RLPROMPT_CACHE_DIR: join(cwd, 'cache') } });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'cut.bin'), Buffer.alloc(2_000_000));
    const paid = async () => {
      const { parts } = JSON.parse((await cli('cache', 'info', '--json')).stdout);
      return parts.find(({ part }: { part: string }) => part === 'paid').bytes;
    };
    expect(await paid()).toBe(2_000_000);
    await cli('cache', 'clear');
    expect(await paid()).toBe(2_000_000);
    expect((await cli('cache', 'clear', 'paid')).stdout).toBe('paid  2.0 MB freed\n');
    expect(existsSync(folder)).toBe(false);
  });

  it('tells how many forwards a run was spared, and changes nothing in it', async () => {
    const { cwd, flags } = tinyTask();
    const env = { RLPROMPT_CACHE_DIR: join(cwd, 'cache') };
    const small = ['--steps', '2', '--prompts-per-step', '2', '--shots', '2', '--inner-size', '8', '--candidates', '1'];
    const run = (out: string) =>
      runInProcess(['run', 'mails.csv', '--out', out, '--json', ...small, ...flags], { cwd, env });
    const [first, second] = [await run('a'), await run('b')];
    const withoutTime = (text: string) => ({ ...JSON.parse(text), seconds: 0, runDir: '' });
    expect(withoutTime(second.stdout)).toEqual(withoutTime(first.stdout));
    const { forwards } = JSON.parse(first.stdout);
    expect(first.stderr).not.toContain('earlier runs');
    expect(lastLine(second.stderr)).toContain(`${forwards} of the ${forwards} forwards were not computed`);
  });

  it('is no condition for a run', async () => {
    const { cwd, flags } = tinyTask();
    const env = { RLPROMPT_CACHE_DIR: '/proc/nowhere' };
    const { code, stderr } = await runInProcess(['eval', 'mails.csv', '--prompt', 'so it', ...flags], { cwd, env });
    expect([code, stderr]).toEqual([0, expect.stringContaining('scores are not kept for later runs')]);
  });
});
