import { type ErrorCode, type ExitReason, RlpromptError } from '../../../errors.js';

/** A mistake in how a service is named. */
export function endpointConfigError(
  code: ErrorCode & `E_ENDPOINT_${string}`,
  message: string,
  where: string,
  next: string,
) {
  return new RlpromptError({ code, exit: 'config', message, where, kept: 'nothing was sent', next });
}

/** A service that cannot be gone on with; what the run has so far stays. */
export function endpointError(
  code: ErrorCode & `E_ENDPOINT_${string}`,
  exit: ExitReason,
  message: string,
  more: { where: string; next: string; cause?: unknown },
): RlpromptError {
  return new RlpromptError({ code, exit, message, kept: 'every score that was paid for', ...more });
}

/** An answer that is not what such a service sends. */
export function protocolError(message: string, url: URL): RlpromptError {
  return endpointError('E_ENDPOINT_PROTOCOL', 'protocol', message, {
    where: url.href,
    next: 'check --endpoint: the address of an OpenAI-compatible service, up to and with /v1',
  });
}

/** No further request may be sent. */
export function requestsSpent(url: URL, limit: number): RlpromptError {
  return endpointError(
    'E_ENDPOINT_SPENT',
    'unavailable',
    `${url.host} was sent ${limit} requests, which is the limit`,
    {
      where: '--max-requests',
      next: 'resume with a larger --max-requests; only the rest is asked for',
    },
  );
}
