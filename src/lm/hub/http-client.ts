import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { RlpromptError } from '../../errors.js';
import { FailedAttempt } from './failed-attempt.js';
import { protocolError, refusal } from './hub-errors.js';
import type { HubSettings } from './hub-settings.js';

/** An answer with status 200 or 206, its body unread. */
export interface HubAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Of the hub's own answer, before it sent us elsewhere. */
  readonly hubHeaders: IncomingHttpHeaders;
  readonly body: Readable;
}

const MOST_REDIRECTS = 10;
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
/** Errors of a connection that never came about: another attempt meets the same wall. */
const NO_CONNECTION =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED)/;

/** Reads from the hub and from where it redirects to; its access key goes to the hub only. */
export class HttpClient {
  private dispatcher: Dispatcher | undefined;

  constructor(private readonly settings: HubSettings) {}

  /** Without a byte for this long a connection is given up. */
  get timeoutMs(): number {
    return this.settings.timeoutMs;
  }

  /** @throws FailedAttempt where another try may help, else RlpromptError. */
  async get(url: URL, headers: Record<string, string>, signal: AbortSignal | undefined): Promise<HubAnswer> {
    let hubHeaders: IncomingHttpHeaders | undefined;
    let isTrusted = true;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      isTrusted &&= url.origin === this.settings.endpoint.origin;
      const answer = await this.request(url, headers, isTrusted, signal);
      hubHeaders ??= answer.headers;
      const { statusCode: status, body } = answer;
      if (status === 200 || status === 206) return { status, headers: answer.headers, hubHeaders, body };
      // Read to its end, so that the connection can be used again; an error page is of no use otherwise.
      await body.dump({ limit: 65_536 }).catch(() => undefined);
      if (![301, 302, 303, 307, 308].includes(status)) throw refusal(status, answer.headers, url, this.settings);
      url = nextUrl(url, answer.headers.location);
    }
    throw protocolError('the hub sends from one address to the next without end', url);
  }

  async close(): Promise<void> {
    await this.dispatcher?.destroy();
  }

  private async request(url: URL, headers: Record<string, string>, isTrusted: boolean, signal?: AbortSignal) {
    const { request } = await import('undici');
    this.dispatcher ??= await this.connect();
    const { token } = this.settings;
    const authorization = isTrusted && token ? { authorization: `Bearer ${token.reveal()}` } : {};
    try {
      return await request(url, {
        dispatcher: this.dispatcher,
        headers: { 'user-agent': 'rlprompt', 'accept-encoding': 'identity', ...headers, ...authorization },
        signal: signal ?? null,
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw this.asFailure(error, url);
    }
  }

  private async connect(): Promise<Dispatcher> {
    const { Agent, EnvHttpProxyAgent } = await import('undici');
    const { timeoutMs } = this.settings;
    const options = { connectTimeout: timeoutMs, headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
    const hasProxy = PROXY_VARIABLES.some((name) => process.env[name]);
    return hasProxy ? new EnvHttpProxyAgent(options) : new Agent(options);
  }

  private asFailure(error: unknown, url: URL): Error {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!NO_CONNECTION.test(code)) return new FailedAttempt(`${url.host} does not answer (${code || message})`);
    return new RlpromptError({
      code: 'E_HUB_UNREACHABLE',
      exit: 'unavailable',
      message: `${url.host} cannot be reached (${code})`,
      where: url.origin,
      next: 'name a local folder, or check the network, HTTPS_PROXY and HF_ENDPOINT',
      cause: error,
    });
  }
}

function nextUrl(from: URL, location: string | string[] | undefined): URL {
  if (typeof location !== 'string' || !URL.canParse(location, from.href))
    throw protocolError('the hub redirects to nowhere', from);
  const url = new URL(location, from);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && from.protocol === 'http:');
  if (!isSafe) throw protocolError(`the hub redirects from ${from.protocol} to ${url.protocol}`, from);
  return url;
}
