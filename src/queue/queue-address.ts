import { isIP } from 'node:net';
import { RlpromptError } from '../errors.js';

/** A Redis server, as its client takes it. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  /** Encrypted, with the certificate checked. */
  readonly tls?: { readonly servername?: string };
}

const PASSWORD = 'RLPROMPT_REDIS_PASSWORD';
const DEFAULT_PORT = 6379;

/**
 * Reads `redis://host:port/db`, or `rediss://` for TLS. The password comes from the environment, because settings are
 * written into the run folder.
 *
 * @throws RlpromptError E_QUEUE_URL
 */
export function readQueueAddress(text: string, env: NodeJS.ProcessEnv = process.env): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const db = Number(url?.pathname.slice(1) || 0);
  if (!url || !/^rediss?:$/.test(url.protocol) || !url.hostname || url.password || !Number.isInteger(db)) {
    throw new RlpromptError({
      code: 'E_QUEUE_URL',
      exit: 'config',
      message: 'expected a Redis server such as redis://127.0.0.1:6379, or rediss:// for TLS, without a password',
      where: '--queue',
      kept: 'nothing was started',
      next: `put the password into ${PASSWORD}`,
    });
  }
  const password = env[PASSWORD];
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(url.port || DEFAULT_PORT),
    db,
    ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
    ...(password ? { password } : {}),
    ...(url.protocol === 'rediss:' ? { tls: isIP(host) ? {} : { servername: host } } : {}),
  };
}
