import { join } from 'node:path';
import { inspect } from 'node:util';
import { RlpromptError } from '../../errors.js';
import { cacheRoot, homeFolder } from '../../files/program-folders.js';
import { readOrdinaryText } from '../../files/read-ordinary.js';

/** An access key that no log, error or report can show. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return '***';
  }
}

/** Where models come from and go to, as the environment says it. */
export interface HubSettings {
  readonly endpoint: URL;
  readonly token: Secret | undefined;
  readonly offline: boolean;
  /** Folder of the models this program has downloaded. */
  readonly modelsFolder: string;
  /** Folder of the Python library's downloads; only read. */
  readonly pythonCache: string;
  /** Without a byte for this long a connection is given up. */
  readonly timeoutMs: number;
  /** First wait before another attempt; it doubles. */
  readonly retryMs: number;
}

const DEFAULT_ENDPOINT = 'https://huggingface.co';

/** Reads HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE. */
export function readHubSettings(offline: boolean | undefined, env: NodeJS.ProcessEnv = process.env): HubSettings {
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || join(homeFolder(), '.cache'), 'huggingface');
  return {
    endpoint: endpointOf(env.HF_ENDPOINT || DEFAULT_ENDPOINT),
    token: tokenOf(env, home),
    offline: offline || isTrue(env.HF_HUB_OFFLINE) || isTrue(env.TRANSFORMERS_OFFLINE),
    modelsFolder: join(cacheRoot(env), 'models'),
    pythonCache: env.HF_HUB_CACHE || join(home, 'hub'),
    timeoutMs: 30_000,
    retryMs: 500,
  };
}

function endpointOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url;
  throw new RlpromptError({
    code: 'E_HUB_ENDPOINT',
    exit: 'config',
    message: 'expected a URL such as https://huggingface.co, without user name or password',
    where: 'HF_ENDPOINT',
    next: 'put the access key into HF_TOKEN',
  });
}

function tokenOf(env: NodeJS.ProcessEnv, home: string): Secret | undefined {
  const text = env.HF_TOKEN || readIfThere(env.HF_TOKEN_PATH || join(home, 'token'));
  const token = text?.trim();
  if (!token) return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) return new Secret(token);
  throw new RlpromptError({
    code: 'E_HUB_TOKEN',
    exit: 'config',
    message: 'the access key holds a blank or a character that is not ASCII',
    where: env.HF_TOKEN ? 'HF_TOKEN' : env.HF_TOKEN_PATH || join(home, 'token'),
    next: 'copy it again from the hub’s settings',
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readOrdinaryText(path);
  } catch {
    return undefined;
  }
}

function isTrue(text: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(text ?? '');
}
