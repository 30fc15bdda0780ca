import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl, selfSigned } from '../../certificate.js';
import { lastLine, runCli, tinyTask } from '../../cli/spawn-cli.js';
import { FakeService } from './fake-service.js';

describe.skipIf(!hasOpenssl)('a service over TLS with a certificate of its own (needs openssl)', () => {
  const { cwd } = tinyTask();
  const data = ['mails.csv', '--text-column', 'text', '--label-column', 'label', '--shots', '2', '--json'];
  const evaluate = (endpoint: string, env = {}) =>
    runCli(['eval', ...data, '--prompt', 'It is', '--target', 'openai:big', '--endpoint', endpoint], { cwd, env });
  let service: FakeService;
  let secure: ReturnType<typeof createServer>;
  let certificate: ReturnType<typeof selfSigned>;
  let port: number;

  beforeAll(async () => {
    service = await FakeService.start(() => [{ good: 0.7, bad: 0.3 }]);
    certificate = selfSigned();
    const files = { key: readFileSync(certificate.key), cert: readFileSync(certificate.cert) };
    secure = createServer(files, service.listener);
    await new Promise<void>((done) => secure.listen(0, '127.0.0.1', done));
    port = (secure.address() as { port: number }).port;
  });
  afterAll(async () => {
    secure.closeAllConnections();
    secure.close();
    await service.close();
  });

  it('is asked where NODE_EXTRA_CA_CERTS vouches for it', async () => {
    const { code, stdout } = await evaluate(`https://127.0.0.1:${port}/v1`, { NODE_EXTRA_CA_CERTS: certificate.cert });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).results[0]).toMatchObject({ n: 24 });
  });

  it('is refused at once otherwise, with what to do', async () => {
    const before = service.requests.length;
    const { code, stderr } = await evaluate(`https://127.0.0.1:${port}/v1`);
    expect(code).toBe(69);
    expect(lastLine(stderr)).toMatch(/E_ENDPOINT_UNAVAILABLE: no secure connection to 127.*NODE_EXTRA_CA_CERTS/);
    expect(service.requests).toHaveLength(before);
  });

  it('is refused at once, and not six times, where the port speaks no TLS', async () => {
    const since = performance.now();
    const { code, stderr } = await evaluate(service.endpoint.replace('http:', 'https:'));
    expect(code).toBe(69);
    expect(lastLine(stderr)).toMatch(/no secure connection.*the port may speak no TLS: try http:\/\/127/);
    expect(performance.now() - since).toBeLessThan(15_000);
  });
});
