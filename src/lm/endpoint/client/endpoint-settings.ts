import { isIP } from 'node:net';
import { Secret } from '../../hub/hub-settings.js';
import { isForbiddenAddress } from './address-guard.js';
import { endpointConfigError } from './endpoint-errors.js';
import type { Concurrency } from './request-gate.js';
import type { SpendingLimits } from './spending.js';

/** How the service is asked: a message that is answered (OpenAI's or Anthropic's way), or a text that is continued. */
export type EndpointApi = 'chat' | 'messages' | 'completions';

/** A service and how it is spoken to. */
export interface EndpointSettings {
  /** Where requests go, with `/chat/completions` or `/completions`. */
  readonly url: URL;
  readonly api: EndpointApi;
  readonly key: Secret | undefined;
  /** One attempt, from the connection to the last byte. */
  readonly timeoutMs: number;
  /** First wait before another attempt; it doubles. */
  readonly retryMs: number;
  /** Requests under way at once. */
  readonly concurrency: Concurrency;
  /** Answers to one text that make up a probability where the service gives none. */
  readonly samples: number;
  /** What it may be asked for at most. */
  readonly limits: SpendingLimits;
}

/** What the user says of a service. */
export interface EndpointOptions extends SpendingLimits {
  readonly endpoint?: string | undefined;
  /** Seconds. */
  readonly endpointTimeout?: number | undefined;
  readonly endpointConcurrency?: Concurrency | undefined;
  readonly endpointSamples?: number | undefined;
  readonly offline?: boolean | undefined;
}

const KEY_VARIABLES = ['RLPROMPT_ENDPOINT_KEY', 'OPENAI_API_KEY'] as const;
const MESSAGES_VARIABLES = ['RLPROMPT_ENDPOINT_KEY', 'ANTHROPIC_API_KEY'] as const;
const DEFAULT_TIMEOUT = 120;

/**
 * Checks the address of a service and finds its access key in RLPROMPT_ENDPOINT_KEY or OPENAI_API_KEY. An address that
 * ends in `/completions` or `/messages` is taken as given; otherwise it is the folder of `chat/completions`.
 *
 * @throws RlpromptError E_ENDPOINT_MISSING, E_ENDPOINT_URL, E_ENDPOINT_ADDRESS, E_ENDPOINT_OFFLINE, E_ENDPOINT_KEY
 */
export function readEndpointSettings(options: EndpointOptions, env: NodeJS.ProcessEnv = process.env): EndpointSettings {
  const { endpoint, endpointTimeout = DEFAULT_TIMEOUT, endpointConcurrency = 'auto', offline = false } = options;
  if (!endpoint) {
    const next = '--endpoint http://127.0.0.1:8080/v1, or the address of another OpenAI-compatible service';
    throw endpointConfigError('E_ENDPOINT_MISSING', 'openai:MODEL needs the address of a service', '--endpoint', next);
  }
  const url = readUrl(endpoint);
  if (offline && !isThisMachine(url)) {
    const message = `--offline forbids to ask ${url.host}`;
    throw endpointConfigError(
      'E_ENDPOINT_OFFLINE',
      message,
      '--endpoint',
      'leave --offline out, or name a local model',
    );
  }
  return {
    url,
    api: apiOf(url),
    key: readKey(url, env),
    timeoutMs: endpointTimeout * 1000,
    retryMs: 500,
    concurrency: endpointConcurrency,
    samples: options.endpointSamples ?? 1,
    limits: {
      maxTokens: options.maxTokens,
      maxCost: options.maxCost,
      maxRequests: options.maxRequests,
      price: options.price,
    },
  };
}

function apiOf({ pathname }: URL): EndpointApi {
  if (/\/messages$/.test(pathname)) return 'messages';
  return /\/completions$/.test(pathname) && !/\/chat\/completions$/.test(pathname) ? 'completions' : 'chat';
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    const message = 'expected a URL such as http://127.0.0.1:8080/v1, without user name, password or query';
    throw endpointConfigError('E_ENDPOINT_URL', message, '--endpoint', `put the access key into ${KEY_VARIABLES[1]}`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && isForbiddenAddress(host)) {
    const message = `${host} is a link-local address, where machines keep their credentials`;
    throw endpointConfigError('E_ENDPOINT_ADDRESS', message, '--endpoint', 'name the address of a language model');
  }
  if (!/\/(completions|messages)$/.test(url.pathname))
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/chat/completions`;
  return url;
}

/** The general key goes over an encrypted connection or stays on this machine; the program's own goes where it is told. */
function readKey(url: URL, env: NodeJS.ProcessEnv): Secret | undefined {
  const variables = apiOf(url) === 'messages' ? MESSAGES_VARIABLES : KEY_VARIABLES;
  const variable = variables.find((name) => env[name]?.trim());
  if (variable === undefined) return undefined;
  const key = env[variable]!.trim();
  if (!/^[\x21-\x7e]+$/.test(key)) {
    const message = 'the access key holds a blank or a character that is not ASCII';
    throw endpointConfigError('E_ENDPOINT_KEY', message, variable, 'copy it again from the service’s settings');
  }
  if (variable !== 'RLPROMPT_ENDPOINT_KEY' && url.protocol === 'http:' && !isThisMachine(url)) {
    const message = `${variable} would go unencrypted to ${url.host}`;
    const next = `use https, unset ${variable}, or set RLPROMPT_ENDPOINT_KEY to the key of this very service`;
    throw endpointConfigError('E_ENDPOINT_KEY', message, '--endpoint', next);
  }
  return new Secret(key);
}

function isThisMachine({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
