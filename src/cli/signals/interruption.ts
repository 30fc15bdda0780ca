import { RlpromptError } from '../../errors.js';
import { hearOneSignal } from './signals.js';

/**
 * Aborts at the first Ctrl-C or SIGTERM; the second ends the process at once.
 * @param kept what is there afterwards
 */
export function interruption(kept = 'the scores in the cache'): AbortSignal {
  const controller = new AbortController();
  hearOneSignal(['SIGINT', 'SIGTERM'], (signal) => {
    const exit = signal === 'SIGINT' ? 'interrupted' : 'terminated';
    controller.abort(new RlpromptError({ code: 'E_INTERRUPTED', exit, message: `stopped by ${signal}`, kept }));
  });
  return controller.signal;
}
