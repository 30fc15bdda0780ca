import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadLanguageModel, requireCapability } from '../../src/lm/load.js';
import type { LoadedModel } from '../../src/lm/onnx/run/model-parts.js';
import { targetOverQueue } from '../../src/queue/queue-target.js';
import { type ScoreWorker, startScoreWorker } from '../../src/queue/score-worker.js';
import { parseTemplate } from '../../src/template/parse-template.js';
import { runCli, TINY_MODEL, tinyTask } from '../cli/spawn-cli.js';
import { hasRedis, RedisServer } from './redis-server.js';

const BIN = resolve(import.meta.dirname, '..', '..', 'bin', 'rlprompt.js');
const TEMPLATE = parseTemplate('{input} {prompt}', { family: 'causal' });
const PASSWORD = 'redis-canary-7261';

describe.skipIf(!hasRedis)('a queue of label scores (needs redis-server)', () => {
  let redis: RedisServer;
  const processes: ChildProcess[] = [];
  const workers: ScoreWorker[] = [];
  const models: LoadedModel[] = [];

  beforeAll(async () => {
    process.env.RLPROMPT_REDIS_PASSWORD = PASSWORD;
    redis = await RedisServer.start(PASSWORD);
  });
  afterEach(async () => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
    for (const worker of workers.splice(0)) await worker.drain();
    for (const model of models.splice(0)) await model.dispose();
  });
  afterAll(async () => {
    delete process.env.RLPROMPT_REDIS_PASSWORD;
    await redis.close();
  });

  async function worker(): Promise<ScoreWorker> {
    const model = await loadLanguageModel(TINY_MODEL);
    models.push(model);
    const started = await startScoreWorker(model, { address: redis.address });
    workers.push(started);
    return started;
  }

  async function workerProcess(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [BIN, 'worker', '--queue', redis.address, '--target', TINY_MODEL]);
    processes.push(child);
    await new Promise<void>((ready, failed) => {
      child.stderr.on('data', (text: Buffer) => text.includes('worker ready') && ready());
      child.once('exit', () => failed(new Error('the worker ended')));
    });
    return child;
  }

  async function request(count: number, mark: string) {
    const local = await loadLanguageModel(TINY_MODEL);
    const labels = requireCapability(local, 'labelScores').resolveLabels(TEMPLATE, [
      { label: '0', word: 'bad' },
      { label: '1', word: 'good' },
    ]);
    const inputs = Array.from({ length: count }, (_, i) => `${mark} text ${i}`);
    const rows = inputs.map((_, i) => [0, i] as const);
    const asked = { template: TEMPLATE, prompts: ['It is'], inputs, labels, rows, normalise: 'none' as const };
    const expected = await requireCapability(local, 'labelScores').labelScores(asked);
    const remote = await targetOverQueue(local, redis.address);
    models.push(remote);
    return { asked, expected, scorer: requireCapability(remote, 'labelScores') };
  }

  it('gives the bits of this machine', async () => {
    const started = await worker();
    const { asked, expected, scorer } = await request(70, 'plain');
    expect(await scorer.labelScores(asked)).toEqual(expected);
    expect(started.counts).toEqual({ jobs: 3, rows: 70 });
    expect(await scorer.labelScores(asked)).toEqual(expected);
    expect(started.counts.jobs).toBe(3);
  });

  it('names the workers there are where none has the model', async () => {
    const started = await loadLanguageModel(TINY_MODEL);
    models.push(started);
    workers.push(await startScoreWorker({ ...started, digest: 'another' }, { address: redis.address }));
    const { asked, scorer } = await request(2, 'other');
    await expect(scorer.labelScores(asked)).rejects.toMatchObject({
      code: 'E_QUEUE_NO_WORKER',
      message: expect.stringContaining('another'),
    });
  }, 40_000);

  it('loses and double-counts nothing when workers are killed and Redis restarts', async () => {
    await workerProcess();
    const { asked, expected, scorer } = await request(3200, 'killed');
    const scoring = scorer.labelScores(asked);
    for (let round = 0; round < 3; round++) {
      await new Promise((done) => setTimeout(done, 300));
      processes.at(-1)!.kill('SIGKILL');
      if (round === 1) await redis.restart();
      await workerProcess();
    }
    expect(await scoring).toEqual(expected);
  }, 120_000);

  it('sets a job aside that no worker can do, and says so', async () => {
    await worker();
    const { asked, scorer } = await request(1, 'poison');
    const poison = asked.labels.map((label) => ({ ...label, tokenIds: [10_000_000] }));
    await expect(scorer.labelScores({ ...asked, labels: poison })).rejects.toMatchObject({ code: 'E_QUEUE_JOB' });
  }, 40_000);

  it('ends a run with the checkpoint of this machine, and writes its password nowhere', async () => {
    const { cwd } = tinyTask();
    const out = mkdtempSync(join(tmpdir(), 'rlprompt-queue-'));
    const run = (name: string, more: string[]) => {
      const small = ['--steps', '2', '--prompts-per-step', '2', '--inner-size', '8', '--top-k', '20', '--shots', '2'];
      const data = ['--text-column', 'text', '--label-column', 'label', '--generator', TINY_MODEL];
      const env = { RLPROMPT_REDIS_PASSWORD: PASSWORD, RLPROMPT_CACHE_DIR: join(out, `cache-${name}`) };
      return runCli(['run', 'mails.csv', '--json', '--out', join(out, name), ...small, ...data, ...more], { cwd, env });
    };
    expect((await run('local', [])).code).toBe(0);
    await workerProcess();
    const { code, stderr } = await run('queue', ['--queue', redis.address]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/rows in \d+ jobs by workers/);
    expect(hashOf(join(out, 'queue'))).toBe(hashOf(join(out, 'local')));
    expect(readFileSync(join(out, 'queue', 'run.json'), 'utf8')).not.toContain(PASSWORD);
    rmSync(out, { recursive: true, force: true });
  }, 120_000);

  it('finishes its job when it is asked to end', async () => {
    const child = await workerProcess();
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 40_000);
});

function hashOf(runDir: string): string {
  return createHash('sha256')
    .update(readFileSync(join(runDir, 'checkpoints', readdirSync(join(runDir, 'checkpoints')).sort().at(-1)!)))
    .digest('hex');
}
