import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedReport, serveReport } from '../../src/report/serve-report.js';

let served: ServedReport;
let requests = 0;

beforeAll(async () => {
  served = await serveReport({ render: () => `<p>page ${++requests}</p>` });
});
afterAll(() => served.close());

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** As a raw client would ask: the path goes out as it is written. */
function ask({ path, method = 'GET', headers = {} }: Asked = {}): Promise<{
  status: number;
  body: string;
  headers: NodeJS.Dict<string | string[]>;
}> {
  const { hostname, port, pathname, search } = new URL(served.url);
  return new Promise((done, fail) => {
    request({ hostname, port, path: path ?? pathname + search, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () => done({ status: response.statusCode!, body, headers: response.headers }));
    })
      .on('error', fail)
      .end();
  });
}

const { search, port } = { search: () => new URL(served.url).search, port: () => new URL(served.url).port };

describe('the server of a report', () => {
  it('answers whoever has the token, with the page as it is now', async () => {
    const [first, second] = [await ask(), await ask()];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body).not.toBe(second.body);
    expect(first.headers['cache-control']).toBe('no-store');
    expect(first.headers['referrer-policy']).toBe('no-referrer');
  });

  it('listens to this machine only, with a token of 128 bits', () => {
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[0-9a-f]{32}$/);
  });

  it.each(['/', '/?token=', '/?token=00000000000000000000000000000000', '/?toke=x'])(
    'gives %s, without the token, 401',
    async (path) => {
      expect((await ask({ path })).status).toBe(401);
    },
  );

  it.each(['evil.com', '127.0.0.1', '127.0.0.1:1', '[::1]', 'localhost.evil.com'])(
    'gives the host name %s 403',
    async (host) => {
      expect((await ask({ headers: { host } })).status).toBe(403);
    },
  );

  it.each(['null', 'http://evil.com', 'https://127.0.0.1'])('gives the origin %s 403', async (origin) => {
    expect((await ask({ headers: { origin } })).status).toBe(403);
  });

  it('takes its own names as host and origin', async () => {
    for (const name of ['127.0.0.1', 'localhost']) {
      const own = `${name}:${port()}`;
      expect((await ask({ headers: { host: own, origin: `http://${own}` } })).status).toBe(200);
    }
  });

  it.each(['/..%2f..%2fetc/passwd', '/../../etc/passwd', '/run.json', '//', '/%2e%2e/', '/favicon.ico'])(
    'has nothing at %s',
    async (path) => {
      expect((await ask({ path: path + search() })).status).toBe(404);
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('gives %s 405', async (method) => {
    const { status, headers } = await ask({ method });
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET');
  });

  it('says why it cannot have a port that is taken', async () => {
    await expect(serveReport({ render: () => '', port: Number(port()) })).rejects.toMatchObject({ code: 'E_SERVE' });
  });
});
