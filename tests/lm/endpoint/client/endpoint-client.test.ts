import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RlpromptError } from '../../../../src/errors.js';
import { EndpointClient, RefusedRequest } from '../../../../src/lm/endpoint/client/endpoint-client.js';
import { Secret } from '../../../../src/lm/hub/hub-settings.js';
import { startTunnelProxy } from '../../tunnel-proxy.js';
import { FakeService, sendJson } from '../fake-service.js';

let service: FakeService;
const clients: EndpointClient[] = [];

beforeEach(async () => {
  service = await FakeService.start(() => [{ yes: 1 }]);
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await service.close();
});

function client(more = {}): EndpointClient {
  const made = new EndpointClient(service.settings(more));
  clients.push(made);
  return made;
}

const BODY = { model: 'm', messages: [{ role: 'user', content: 'hello' }], max_tokens: 1 };
const KEY = 'sk-canary-0123456789abcdef';

async function failure(promise: Promise<unknown>): Promise<RlpromptError> {
  return await promise.then(
    () => expect.fail('it did not fail'),
    (error: RlpromptError) => error,
  );
}

describe('a request to a service', () => {
  it('carries the access key, and the answer comes back parsed', async () => {
    const answer = await client({ key: new Secret(KEY) }).post(BODY);
    expect(answer).toMatchObject({ choices: [{ message: { content: 'yes' } }] });
    expect(service.requests[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it('is not repeated after 401, and the key is not in the error although the service repeats it', async () => {
    service.interfere = (response) => {
      sendJson(response, 401, { error: { message: `wrong key ${KEY}` } });
      return true;
    };
    const error = await failure(client({ key: new Secret(KEY) }).post(BODY));
    expect(error).toMatchObject({ code: 'E_ENDPOINT_FORBIDDEN', exitCode: 77 });
    expect(JSON.stringify(error) + error.line()).not.toContain(KEY);
    expect(service.requests).toHaveLength(1);
  });

  it('is not repeated after 400: another wording may do', async () => {
    service.interfere = (response) => {
      sendJson(response, 400, { error: { message: 'logprobs are not supported' } });
      return true;
    };
    const error = await failure(client().post(BODY));
    expect(error).toBeInstanceOf(RefusedRequest);
    expect(error.message).toContain('logprobs are not supported');
    expect(service.requests).toHaveLength(1);
  });

  it('waits after 429 as long as the service asks', async () => {
    service.interfere = (response, _, count) => {
      if (count === 1) sendJson(response, 429, {}, { 'retry-after-ms': '300' });
      return count === 1;
    };
    const since = performance.now();
    await client().post(BODY);
    expect(performance.now() - since).toBeGreaterThanOrEqual(299);
    expect(service.requests).toHaveLength(2);
  });

  it('holds its neighbours back too when one is told to wait', async () => {
    const times: number[] = [];
    service.interfere = (response, _, count) => {
      times.push(performance.now());
      if (count === 1) sendJson(response, 429, {}, { 'retry-after': '0.3' });
      return count === 1;
    };
    const one = client();
    const first = one.post(BODY);
    while (service.requests.length === 0) await new Promise((done) => setTimeout(done, 1));
    await new Promise((done) => setTimeout(done, 100));
    await Promise.all([first, one.post(BODY)]);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(290);
  });

  it('ends at once where it is to wait for hours', async () => {
    service.interfere = (response) => {
      sendJson(response, 429, { error: 'daily limit' }, { 'retry-after': '7200' });
      return true;
    };
    const error = await failure(client().post(BODY));
    expect(error).toMatchObject({ code: 'E_ENDPOINT_BUSY', exitCode: 75 });
    expect(error.message).toContain('7200 s');
  });

  it('takes a nonsensical wait for none', async () => {
    service.interfere = (response, _, count) => {
      if (count === 1) sendJson(response, 429, {}, { 'retry-after': '-5' });
      return count === 1;
    };
    await client().post(BODY);
    expect(service.requests).toHaveLength(2);
  });

  it('is repeated after 500, 503, a cut body and a dropped connection', async () => {
    service.interfere = (response, _, count) => {
      if (count === 1) sendJson(response, 500, { error: 'oops' });
      else if (count === 2) response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>busy</h1>');
      else if (count === 3) {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
        response.write('{"choices": [', () => response.destroy());
      } else if (count === 4) response.destroy();
      return count <= 4;
    };
    expect(await client().post(BODY)).toMatchObject({ choices: [{}] });
    expect(service.requests).toHaveLength(5);
  });

  it('is repeated after an error that came with status 200', async () => {
    service.interfere = (response, _, count) => {
      if (count === 1) sendJson(response, 200, { error: { message: 'overloaded' } });
      return count === 1;
    };
    expect(await client().post(BODY)).toMatchObject({ choices: [{}] });
    expect(service.requests).toHaveLength(2);
  });

  it.each([
    [402, {}],
    [429, { error: { code: 'insufficient_quota' } }],
    [200, { error: { code: 'insufficient_quota' } }],
  ])('is not repeated where the account has no credit left: %i %j', async (status, body) => {
    service.interfere = (response) => {
      sendJson(response, status, body);
      return true;
    };
    const error = await failure(client().post(BODY));
    expect(error).toMatchObject({ code: 'E_ENDPOINT_QUOTA', exitCode: 77 });
    expect(error.next).toContain('top up');
    expect(service.requests).toHaveLength(1);
  });

  it('ends at once where the port speaks no TLS', async () => {
    const url = new URL(service.settings().url.href.replace('http:', 'https:'));
    const error = await failure(client({ url }).post(BODY));
    expect(error).toMatchObject({ code: 'E_ENDPOINT_UNAVAILABLE' });
    expect(error.next).toContain(`http://${url.host}`);
  });

  it('is given up after six attempts', async () => {
    service.interfere = (response) => {
      sendJson(response, 502, {});
      return true;
    };
    const error = await failure(client().post(BODY));
    expect(error).toMatchObject({ code: 'E_ENDPOINT_UNAVAILABLE', exitCode: 69 });
    expect(error.message).toContain('tried 6 times');
    expect(service.requests).toHaveLength(6);
  });

  it('is given up after three answers that are no JSON', async () => {
    service.interfere = (response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>please log in</html>');
      return true;
    };
    const error = await failure(client().post(BODY));
    expect(error).toMatchObject({ code: 'E_ENDPOINT_PROTOCOL', exitCode: 76 });
    expect(error.message).toContain('please log in');
    expect(service.requests).toHaveLength(3);
  });

  it('is not waited for without end, not even byte by byte', async () => {
    service.interfere = (response, _, count) => {
      if (count > 1) return false;
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
      return true;
    };
    const asked = client({ timeoutMs: 150, concurrency: 'auto' });
    await asked.post(BODY);
    // More at once may be what it cannot do in time.
    expect(asked.gate.width).toBe(4);
    expect(service.requests).toHaveLength(2);
  });

  it('refuses an answer without end', async () => {
    service.interfere = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(Buffer.alloc(65 * 1024 * 1024, ' '));
      return true;
    };
    // A busy machine needs more than the two seconds of these tests to send as much.
    const error = await failure(client({ timeoutMs: 60_000 }).post(BODY));
    expect(error.message).toContain('larger than 64 MB');
    expect(service.requests).toHaveLength(1);
  });

  it('does not follow the service elsewhere', async () => {
    service.interfere = (response) => {
      response.writeHead(307, { location: `${service.endpoint}/elsewhere` }).end();
      return true;
    };
    const error = await failure(client({ key: new Secret(KEY) }).post(BODY));
    expect(error).toMatchObject({ code: 'E_ENDPOINT_PROTOCOL' });
    expect(service.requests).toHaveLength(1);
  });

  it('goes through the proxy that the environment names', async () => {
    const { url, tunnels } = await startTunnelProxy();
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('http_proxy', url);
    for (const name of ['no_proxy', 'NO_PROXY']) vi.stubEnv(name, '');
    await client().post(BODY);
    expect(tunnels).toEqual([new URL(service.endpoint).host]);
  });

  it('ends when it is called off, while waiting too', async () => {
    service.interfere = (response) => {
      sendJson(response, 429, {}, { 'retry-after': '60' });
      return true;
    };
    const controller = new AbortController();
    const posted = failure(client().post(BODY, controller.signal));
    setTimeout(() => controller.abort(new Error('stopped by the user')), 50);
    expect((await posted).message).toBe('stopped by the user');
  });
});
