import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { RlpromptError } from '../errors.js';

export interface ServedReport {
  /** With the token that opens it. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Makes the page anew for every request. */
  readonly render: () => string;
  /** 0 takes a free one. */
  readonly port?: number;
}

const HOST = '127.0.0.1';

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Serves one page to this machine only. Whoever asks needs the token, and a browser must ask in the page's own name:
 * other sites can neither read it nor reach it through a name of theirs that leads here.
 * @throws RlpromptError E_SERVE where the port cannot be had
 */
export async function serveReport({ render, port = 0 }: ServeOptions): Promise<ServedReport> {
  const token = randomBytes(16).toString('hex');
  const server = createServer((request, response) => answer(request, response, { server, token, render }));
  await listen(server, port);
  return {
    url: `http://${HOST}:${portOf(server)}/?token=${token}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

interface Service {
  readonly server: Server;
  readonly token: string;
  readonly render: () => string;
}

function answer(request: IncomingMessage, response: ServerResponse, service: Service): void {
  const refusal = refuse(request, service);
  if (refusal) {
    send(response, refusal[0], 'text/plain; charset=utf-8', `${refusal[1]}\n`);
    return;
  }
  try {
    send(response, 200, 'text/html; charset=utf-8', service.render());
  } catch (error) {
    send(response, 500, 'text/plain; charset=utf-8', `${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/** Why a request is not answered; undefined where it is. */
function refuse(
  { method, headers, url = '' }: IncomingMessage,
  { server, token }: Service,
): [number, string] | undefined {
  if (method !== 'GET') return [405, 'only GET'];
  const hosts = [HOST, 'localhost'].map((name) => `${name}:${portOf(server)}`);
  if (!hosts.includes(headers.host ?? '')) return [403, 'this host name is not served'];
  const isOwn = headers.origin === undefined || hosts.some((host) => headers.origin === `http://${host}`);
  if (!isOwn) return [403, 'this origin is not served'];
  const [path, query] = splitOnce(url, '?');
  if (path !== '/') return [404, 'there is one page here: /'];
  return isToken(new URLSearchParams(query).get('token') ?? '', token)
    ? undefined
    : [401, 'the token is missing or wrong'];
}

function isToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  const allow = status === 405 ? { allow: 'GET' } : {};
  response.writeHead(status, { ...HEADERS, ...allow, 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (cause) =>
      fail(
        new RlpromptError({
          code: 'E_SERVE',
          exit: 'unavailable',
          message: `the report cannot be served: ${cause.message}`,
          where: `${HOST}:${port}`,
          next: 'leave --port out to take a free one',
          cause,
        }),
      ),
    );
    server.listen(port, HOST, done);
  });
}
