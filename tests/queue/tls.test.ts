import type { ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl, selfSigned } from '../certificate.js';
import { lastLine, runCli, TINY_MODEL, tinyTask } from '../cli/spawn-cli.js';
import { hasRedis, hasRedisTls, RedisServer } from './redis-server.js';
import { startWorkerProcess } from './worker-process.js';

const PASSWORD = 'redis-canary-tls';

describe.skipIf(!hasRedis || !hasOpenssl || !hasRedisTls)(
  'a queue over TLS with a password (needs redis-server with TLS)',
  () => {
    const { cwd } = tinyTask();
    const small = ['--steps', '2', '--prompts-per-step', '2', '--inner-size', '8', '--top-k', '20', '--shots', '2'];
    const data = ['mails.csv', '--text-column', 'text', '--label-column', 'label', '--generator', TINY_MODEL, ...small];
    let certificate: ReturnType<typeof selfSigned>;
    let redis: RedisServer;
    let worker: ChildProcess | undefined;
    const vouched = () => ({ NODE_EXTRA_CA_CERTS: certificate.cert, RLPROMPT_REDIS_PASSWORD: PASSWORD });
    const run = (out: string, env: Record<string, string>) =>
      runCli(['run', '--json', '--out', out, '--queue', redis.address, ...data], {
        cwd,
        env: { RLPROMPT_CACHE_DIR: mkdtempSync(join(tmpdir(), 'rlprompt-cache-')), ...env },
      });

    beforeAll(async () => {
      certificate = selfSigned();
      redis = await RedisServer.start(PASSWORD, certificate);
      worker = await startWorkerProcess(redis.address, { env: vouched() });
    }, 40_000);
    afterAll(async () => {
      worker?.kill('SIGKILL');
      await redis.close();
    });

    it('serves a run that trusts its certificate and knows its password', async () => {
      const { code, stderr } = await run('vouched', vouched());
      expect(code).toBe(0);
      expect(stderr).toMatch(/rows in \d+ jobs? by workers/);
    }, 60_000);

    it('is refused where the certificate is not trusted, and where the password is wrong', async () => {
      const stranger = await run('stranger', { RLPROMPT_REDIS_PASSWORD: PASSWORD });
      expect(stranger.code).toBe(69);
      expect(lastLine(stranger.stderr)).toMatch(/E_QUEUE_UNREACHABLE.*certificate.*NODE_EXTRA_CA_CERTS/i);
      const wrong = await run('wrong', { ...vouched(), RLPROMPT_REDIS_PASSWORD: 'other' });
      expect(wrong.code).toBe(69);
      expect(lastLine(wrong.stderr)).toMatch(/E_QUEUE_UNREACHABLE.*WRONGPASS.*RLPROMPT_REDIS_PASSWORD/);
      expect(stranger.stderr + wrong.stderr).not.toContain(PASSWORD);
    }, 60_000);
  },
);
