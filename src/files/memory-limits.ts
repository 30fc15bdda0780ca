import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { RlpromptError } from '../errors.js';

/**
 * Bytes of addresses that a run needs with the smallest model: the JavaScript engine and the runtime reserve many more than they
 * use, and the engine ends the process where it is given too few. Measured on Linux with one thread per core of two: with 2.54e9
 * all of eight runs end well, with 2.51e9 four.
 */
const LEAST_ADDRESSES = 2.8e9;

/** The same for commands without a model. Measured on Linux: 1.0e9. */
const LEAST_WITHOUT_MODEL = 1.2e9;

const RAISE = 'raise the limit: ulimit -v unlimited';

/** Bytes of memory that this process may have: those of the machine, or fewer in a container. */
export function memoryThere(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}

/** @throws RlpromptError E_OS_LIMIT where the limit on addresses (`ulimit -v`) is too low for any run */
export function requireAddresses(): void {
  refuseFewer(LEAST_ADDRESSES, ', and more for large models');
}

/** @throws RlpromptError E_OS_LIMIT where it is too low for any command: the engine would end the process without a line */
export function requireSomeAddresses(): void {
  refuseFewer(LEAST_WITHOUT_MODEL, '');
}

function refuseFewer(least: number, more: string): void {
  const limit = addressLimit();
  if (limit === undefined || limit >= least) return;
  throw new RlpromptError({
    code: 'E_OS_LIMIT',
    exit: 'osLimit',
    message: `the address space is limited to ${gigabytes(limit)} (ulimit -v); at least ${gigabytes(least)} are needed${more}`,
    kept: 'nothing was started',
    next: RAISE,
  });
}

/** @throws RlpromptError E_OS_LIMIT where a file of `bytes`, all of which is needed at once, is larger than the memory there is */
export function requireMemoryFor(bytes: number, where: string | undefined): void {
  const there = memoryThere();
  if (bytes <= there) return;
  const whose = there < totalmem() ? 'the limit of the control group (container)' : 'all that this machine has';
  throw new RlpromptError({
    code: 'E_OS_LIMIT',
    exit: 'osLimit',
    message: `the model takes ${gigabytes(bytes)}, and ${gigabytes(there)} of memory is ${whose}`,
    where,
    kept: 'nothing was started',
    next: 'try --dtype q4 or a smaller model, or raise the limit',
  });
}

/** The error for memory that was refused where the address space is limited; undefined where it is not, or for another reason. */
export function addressesRefused(reason: string, where: string | undefined): RlpromptError | undefined {
  const limit = addressLimit();
  if (limit === undefined || !/alloc|out of memory|PosixThread|cannot map|failed to map/i.test(reason))
    return undefined;
  return new RlpromptError({
    code: 'E_OS_LIMIT',
    exit: 'osLimit',
    message: `the address space is limited to ${gigabytes(limit)} (ulimit -v), too little for this model: ${reason.slice(0, 120)}`,
    where,
    kept: 'everything saved so far',
    next: RAISE,
  });
}

/** Bytes; undefined where there is no limit, or the system does not tell. */
function addressLimit(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const [, soft] = /^Max address space\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
