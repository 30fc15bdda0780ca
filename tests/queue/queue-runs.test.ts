import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readLatestCheckpoint } from '../../src/run/checkpoint/checkpoint.js';
import { checkpointHash } from '../checkpoint-hash.js';
import { lastLine, runCli, TINY_MODEL, tinyTask } from '../cli/spawn-cli.js';
import { hasRedis, RedisServer } from './redis-server.js';
import { startWorkerProcess, type WorkerProcessOptions } from './worker-process.js';

const ROOT = resolve(import.meta.dirname, '../..');
/** Milliseconds. Two seconds are promised; a busy machine takes longer. */
const LIMIT_MS = 5000;
const PASSWORD = 'redis-canary-7261';

describe.skipIf(!hasRedis)('a run over a queue (needs redis-server)', () => {
  const { cwd } = tinyTask();
  const folder = mkdtempSync(join(tmpdir(), 'rlprompt-queue-'));
  const small = ['--steps', '6', '--set', 'checkpointEvery=2', '--prompts-per-step', '2', '--inner-size', '8'];
  const few = ['--top-k', '20', '--shots', '2'];
  const data = ['mails.csv', '--text-column', 'text', '--label-column', 'label', '--generator', TINY_MODEL];
  let redis: RedisServer;
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start(PASSWORD);
  });
  const endWorkers = () => {
    for (const worker of workers.splice(0)) worker.kill('SIGKILL');
  };
  afterEach(endWorkers);
  afterAll(async () => {
    await redis.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Every command has a cache of its own, so that no score comes from an earlier run. */
  const command = (args: readonly string[], onStart?: (child: ChildProcess) => void) =>
    runCli(args, {
      cwd,
      ...(onStart ? { onStart } : {}),
      env: {
        RLPROMPT_REDIS_PASSWORD: PASSWORD,
        RLPROMPT_CACHE_DIR: mkdtempSync(join(folder, 'cache-')),
      },
    });
  const begin = (name: string) => ['run', '--json', '--out', join(folder, name), ...data, ...small, ...few];
  const run = (name: string, more: readonly string[] = []) => command([...begin(name), ...more]);
  const runUntilKilled = async (name: string, more: readonly string[] = []) => {
    const killAtCheckpoint = (child: ChildProcess) => {
      const timer = setInterval(() => {
        if (!existsSync(join(folder, name, 'checkpoints/step-000002.safetensors'))) return;
        clearInterval(timer);
        child.kill('SIGKILL');
      }, 2);
    };
    expect((await command([...begin(name), ...more], killAtCheckpoint)).code).toBeNull();
  };
  const resume = async (name: string, more: readonly string[]) =>
    expect((await command(['resume', join(folder, name), '--json', ...more])).code).toBe(0);
  const addWorker = async (options: WorkerProcessOptions = {}) => {
    workers.push(await startWorkerProcess(redis.address, { ...options, env: { RLPROMPT_REDIS_PASSWORD: PASSWORD } }));
  };

  it('names the workers that have another version or model, or cut long inputs elsewhere, and refuses them', async () => {
    await addWorker({ bin: copyWithVersion(join(folder, 'other'), '9.8.7') });
    await addWorker({ target: join(dirname(TINY_MODEL), 'llama') });
    await addWorker({ flags: ['--truncate', 'head'] });
    const { code, stderr } = await run('refused', ['--queue', redis.address]);
    expect(code).toBe(69);
    expect(lastLine(stderr)).toMatch(/E_QUEUE_NO_WORKER: no worker runs rlprompt \S+ with \S*gpt2 \(fp32, \w{8}\)/);
    expect(lastLine(stderr)).toMatch(/there are: .*rlprompt 9\.8\.7 with \S*gpt2/);
    expect(lastLine(stderr)).toMatch(/rlprompt \S+ with \S*llama/);
    expect(lastLine(stderr)).toMatch(/with \S*gpt2 \(fp32, \w{8}, --truncate head\)/);
  }, 120_000);

  it('has the checkpoint of this machine with one worker, with three, and when it is resumed elsewhere', async () => {
    const queue = ['--queue', redis.address];
    expect((await run('local')).code).toBe(0);
    const expected = checkpointHash(join(folder, 'local'));

    await addWorker();
    const one = await run('one', queue);
    expect(one.stderr).toMatch(/rows in \d+ jobs? by workers/);
    expect(checkpointHash(join(folder, 'one'))).toBe(expected);
    expect(readFileSync(join(folder, 'one', 'run.json'), 'utf8')).not.toContain(PASSWORD);

    endWorkers();
    // Results are kept for an hour: without them, the next run is computed by its own workers.
    await redis.restart({ empty: true });
    await Promise.all([addWorker(), addWorker(), addWorker()]);
    expect((await run('three', queue)).code).toBe(0);
    expect(checkpointHash(join(folder, 'three'))).toBe(expected);

    await runUntilKilled('begun');
    cpSync(join(folder, 'begun'), join(folder, 'elsewhere'), { recursive: true });
    await resume('elsewhere', queue);
    expect(checkpointHash(join(folder, 'elsewhere'))).toBe(expected);

    await runUntilKilled('far', queue);
    await resume('far', ['--no-queue']);
    expect(checkpointHash(join(folder, 'far'))).toBe(expected);
  }, 180_000);

  it('ends soon after one signal when its workers and Redis are gone, and keeps its checkpoint', async () => {
    await redis.restart({ empty: true });
    await addWorker();
    let signalledAt = Number.NaN;
    const lose = async (child: ChildProcess) => {
      while (!existsSync(join(folder, 'lost', 'checkpoints/step-000002.safetensors'))) await delay(5);
      endWorkers();
      await redis.stop();
      await delay(1000);
      signalledAt = performance.now();
      child.kill('SIGTERM');
    };
    const args = ['--queue', redis.address, '--steps', '2000'];
    const { code, stderr } = await command([...begin('lost'), ...args], (child) => void lose(child));
    expect(performance.now() - signalledAt).toBeLessThan(LIMIT_MS);
    expect(code).toBe(143);
    expect(lastLine(stderr)).toMatch(/E_INTERRUPTED: .*the checkpoint after step \d+/);
    expect(readLatestCheckpoint(join(folder, 'lost'))?.warnings).toEqual([]);
    await redis.restart();
  }, 60_000);
});

/** The program with another version, as if an older one were installed on another machine. */
function copyWithVersion(folder: string, version: string): string {
  for (const part of ['bin', 'dist/src']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  for (const part of ['node_modules', 'models', 'tasks']) symlinkSync(join(ROOT, part), join(folder, part));
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, version }));
  return join(folder, 'bin/rlprompt.js');
}
