import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { RlpromptError } from '../../../errors.js';
import { retryAfterMs } from '../../../files/retry-wait.js';
import { FailedAttempt } from '../../hub/failed-attempt.js';
import { guardedLookup } from './address-guard.js';
import { endpointConfigError, endpointError, protocolError, requestsSpent } from './endpoint-errors.js';
import type { EndpointSettings } from './endpoint-settings.js';
import { RequestGate } from './request-gate.js';
import { RetryPace } from './retry-pace.js';

/** How often a request is sent at most, and how often in a row its answer may be nonsense. */
const PATIENCE = { attempts: 6, malformed: 3 };
/** The same where the service answers well more often than not: of many requests, some meet one fault after another. */
const TRIED_PATIENCE = { attempts: 10, malformed: 5 };
/** Twenty thousand likeliest tokens at eight places are 14 MB, a whole vocabulary of 256,000 is 22. */
const LARGEST_BODY = 64 * 1024 * 1024;
const LONGEST_ASKED_WAIT_MS = 600_000;
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
const NO_TLS = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;
const PLAIN_PORT = /^(ERR_SSL|EPROTO)/;
const NO_CREDIT = /insufficient_quota|credit balance|billing/i;
const TOO_MANY = new Set([429, 503, 529]);

/** The service did not take the request as it was put; another wording may do. */
export class RefusedRequest extends Error {
  constructor(
    readonly status: number,
    /** What the service said, cut and with its key taken out. */
    readonly reason: string,
  ) {
    super(`answers ${status}: ${reason}`);
  }
}

/** An answer that was cut or is no JSON. */
class MalformedAnswer extends FailedAttempt {}

/** Asks one service, again where another try may help; bounded in time and size. */
export class EndpointClient {
  requests = 0;
  readonly gate: RequestGate;
  private answered = 0;
  failures: { readonly count: number; readonly last: string } | undefined;
  private dispatcher: Dispatcher | undefined;
  private readonly pace: RetryPace;

  constructor(readonly settings: EndpointSettings) {
    this.pace = new RetryPace(settings.retryMs);
    this.gate = new RequestGate(settings.concurrency);
  }

  /**
   * The parsed answer to a request.
   *
   * @throws RefusedRequest for 400 and 422, RlpromptError E_ENDPOINT_… otherwise, the signal's reason when aborted
   */
  async post(body: unknown, signal?: AbortSignal): Promise<unknown> {
    const text = JSON.stringify(body);
    let malformed = 0;
    for (let failures = 1; ; failures++) {
      try {
        return await this.inTurn(text, signal);
      } catch (error) {
        if (!(error instanceof FailedAttempt)) throw error;
        this.failures = { count: (this.failures?.count ?? 0) + 1, last: error.message };
        malformed = error instanceof MalformedAnswer ? malformed + 1 : 0;
        const most = this.answered > this.failures.count ? TRIED_PATIENCE : PATIENCE;
        if (malformed >= most.malformed) throw protocolError(error.message, this.settings.url);
        if (failures >= most.attempts || (error.retryAfterMs ?? 0) > LONGEST_ASKED_WAIT_MS)
          throw this.giveUp(error, failures);
        await this.pace.after(failures, error.retryAfterMs, signal);
      }
    }
  }

  /** Milliseconds that the service asks everyone to wait from now on. */
  get waitMs(): number {
    return this.pace.waitMs;
  }

  async close(): Promise<void> {
    await this.dispatcher?.destroy();
  }

  private async inTurn(text: string, signal: AbortSignal | undefined): Promise<unknown> {
    await this.gate.enter();
    try {
      await this.pace.ready(signal);
      const answer = await this.attempt(text, signal);
      this.gate.noteAnswer();
      this.answered++;
      return answer;
    } finally {
      this.gate.leave();
    }
  }

  private async attempt(text: string, signal: AbortSignal | undefined): Promise<unknown> {
    const { request } = await import('undici');
    this.dispatcher ??= await this.connect();
    const deadline = AbortSignal.timeout(this.settings.timeoutMs);
    const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
    this.refuseMore();
    this.requests++;
    try {
      const { url } = this.settings;
      const options = { dispatcher: this.dispatcher, method: 'POST' as const, body: text, signal: either };
      const { statusCode, headers, body } = await request(url, { ...options, headers: this.headers() });
      const answer = await readBody(body, headers, url);
      if (statusCode !== 200) throw this.refusal(statusCode, headers, answer);
      return this.refuseError(parseAnswer(answer, headers, url));
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (deadline.aborted) {
        // More than it can do in that time is too many for it, whether it says so or not.
        this.gate.noteRefusal();
        throw new FailedAttempt(`no whole answer in ${this.settings.timeoutMs / 1000} s`);
      }
      throw this.asFailure(error);
    }
  }

  private refuseMore(): void {
    const { limits, url } = this.settings;
    if (limits.maxRequests !== undefined && this.requests >= limits.maxRequests)
      throw requestsSpent(url, limits.maxRequests);
  }

  private headers(): Record<string, string> {
    const { key, api } = this.settings;
    const isOwnWay = api === 'messages';
    return {
      'user-agent': 'rlprompt',
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'identity',
      ...(isOwnWay ? { 'anthropic-version': '2023-06-01' } : {}),
      ...(key ? (isOwnWay ? { 'x-api-key': key.reveal() } : { authorization: `Bearer ${key.reveal()}` }) : {}),
    };
  }

  private async connect(): Promise<Dispatcher> {
    const { Agent, EnvHttpProxyAgent } = await import('undici');
    // The deadline of an attempt is the only one.
    const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
    const hasProxy = PROXY_VARIABLES.some((name) => process.env[name]);
    if (hasProxy) return new EnvHttpProxyAgent(timeouts);
    return new Agent({ ...timeouts, connect: { lookup: guardedLookup } });
  }

  /** What a status other than 200 means; redirects are not followed, the key would go along. */
  private refusal(status: number, headers: IncomingHttpHeaders, body: string): Error {
    const { url, key } = this.settings;
    const reason = JSON.stringify((key ? body.replaceAll(key.reveal(), '***') : body).trim().slice(0, 200));
    if (status === 402 || (status === 429 && NO_CREDIT.test(body))) return this.noCredit(status, reason);
    if (TOO_MANY.has(status)) this.gate.noteRefusal();
    if ([408, 409, 425, 429].includes(status) || status >= 500)
      return new FailedAttempt(`${url.host} answers ${status}: ${reason}`, retryAfterMs(headers));
    if (status === 400 || status === 422) return new RefusedRequest(status, reason);
    if (status === 401 || status === 403) {
      const next = key ? 'check the access key and what it may use' : 'set OPENAI_API_KEY to the service’s access key';
      const message = `${url.host} refuses the access key (${status}): ${reason}`;
      return endpointError('E_ENDPOINT_FORBIDDEN', 'noPermission', message, { where: url.href, next });
    }
    if (status === 404) {
      const message = `${url.host} knows no such model or address (404): ${reason}`;
      const next = 'check the model’s name and --endpoint';
      return endpointError('E_ENDPOINT_NOT_FOUND', 'protocol', message, { where: url.href, next });
    }
    return protocolError(`${url.host} answers ${status}: ${reason}`, url);
  }

  private noCredit(status: number, reason: string): RlpromptError {
    const { url } = this.settings;
    const message = `${url.host} says that the account has no credit left (${status}): ${reason}`;
    const next = 'top up the account or raise its limit, then resume: asking again does not help';
    return endpointError('E_ENDPOINT_QUOTA', 'noPermission', message, { where: url.href, next });
  }

  /** Some services report a failure with status 200. */
  private refuseError(answer: unknown): unknown {
    const hasError = typeof answer === 'object' && answer !== null && 'error' in answer && answer.error;
    if (!hasError || 'choices' in answer || 'content' in answer) return answer;
    const { url, key } = this.settings;
    const said = JSON.stringify(answer.error);
    const reason = (key ? said.replaceAll(key.reveal(), '***') : said).slice(0, 200);
    if (NO_CREDIT.test(said)) throw this.noCredit(200, reason);
    throw new FailedAttempt(`${url.host} answers 200 with an error: ${reason}`);
  }

  private asFailure(error: unknown): unknown {
    if (error instanceof RlpromptError || error instanceof FailedAttempt || error instanceof RefusedRequest)
      return error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    const { url } = this.settings;
    if (code === 'EFORBIDDEN')
      return endpointConfigError('E_ENDPOINT_ADDRESS', message, '--endpoint', 'name the address of a language model');
    if (!NO_TLS.test(code)) return new FailedAttempt(`${url.host} does not answer (${code || message})`);
    return endpointError('E_ENDPOINT_UNAVAILABLE', 'unavailable', `no secure connection to ${url.host} (${code})`, {
      where: url.href,
      next: PLAIN_PORT.test(code)
        ? `the port may speak no TLS: try http://${url.host}`
        : 'check the address; put your own certificate into NODE_EXTRA_CA_CERTS',
      cause: error,
    });
  }

  private giveUp(failure: FailedAttempt, failures: number): RlpromptError {
    const asked = failure.retryAfterMs ?? 0;
    const where = this.settings.url.href;
    if (asked > LONGEST_ASKED_WAIT_MS) {
      const message = `the service asks to come back in ${Math.ceil(asked / 1000)} s (${failure.message})`;
      return endpointError('E_ENDPOINT_BUSY', 'tryAgain', message, { where, next: 'try again later' });
    }
    return endpointError('E_ENDPOINT_UNAVAILABLE', 'unavailable', `${failure.message}; tried ${failures} times`, {
      where,
      next: 'check that the service runs; a slow one may need --endpoint-timeout',
    });
  }
}

async function readBody(body: Readable, headers: IncomingHttpHeaders, url: URL): Promise<string> {
  const encoding = headers['content-encoding'] ?? 'identity';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_BODY) throw protocolError(`an answer of ${url.host} is larger than 64 MB`, url);
    chunks.push(chunk as Buffer);
  }
  if (encoding !== 'identity') throw protocolError(`an answer of ${url.host} is packed (${encoding}), unasked`, url);
  return Buffer.concat(chunks).toString('utf8');
}

function parseAnswer(text: string, headers: IncomingHttpHeaders, url: URL): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const type = headers['content-type'] ?? 'no content type';
    throw new MalformedAnswer(
      `an answer of ${url.host} is cut or no JSON (${type}): ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
}
