import type { IncomingHttpHeaders } from 'node:http';
import { RlpromptError } from '../../errors.js';
import { retryAfterMs } from '../../files/retry-wait.js';
import { FailedAttempt } from './failed-attempt.js';
import type { HubSettings } from './hub-settings.js';

/** What an answer other than success means. */
export function refusal(status: number, headers: IncomingHttpHeaders, url: URL, settings: HubSettings): Error {
  if (status === 401 || status === 403) return forbidden(status, headers, url, settings);
  if (status === 404) return notFound(headers, url);
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return new FailedAttempt(`${url.host} answers ${status}`, retryAfterMs(headers));
  return protocolError(`${url.host} answers ${status}`, url);
}

export function protocolError(message: string, url: URL): RlpromptError {
  return new RlpromptError({
    code: 'E_HUB_PROTOCOL',
    exit: 'protocol',
    message,
    where: url.origin + url.pathname,
    kept: 'nothing of it is in the cache',
    next: 'check HF_ENDPOINT and the proxy; a page of a network that asks for a login looks like this',
  });
}

function forbidden(status: number, headers: IncomingHttpHeaders, url: URL, { token }: HubSettings): RlpromptError {
  const isGated = headers['x-error-code'] === 'GatedRepo';
  const reason = isGated
    ? 'its owner must grant access first'
    : token
      ? 'the access key does not open it, or there is no such model'
      : 'it is private or gated, or there is no such model';
  return new RlpromptError({
    code: 'E_HUB_FORBIDDEN',
    exit: 'noPermission',
    message: `the hub refuses (${status}): ${reason}`,
    where: url.origin + url.pathname,
    next: token ? 'check HF_TOKEN and what it may read' : 'check the name; for a private model set HF_TOKEN',
  });
}

function notFound(headers: IncomingHttpHeaders, url: URL): RlpromptError {
  const what = { RevisionNotFound: 'no such revision', EntryNotFound: 'no such file' }[
    String(headers['x-error-code'] ?? '')
  ];
  return new RlpromptError({
    code: 'E_HUB_NOT_FOUND',
    exit: 'missingInput',
    message: what ?? 'there is no such model on the hub',
    where: url.origin + url.pathname,
    next: 'check the name and the revision',
  });
}
