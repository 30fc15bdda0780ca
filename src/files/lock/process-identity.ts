import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isRunning } from '../write/atomic-write.js';

/** Tells one process from every other, also from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, in whatever form the system tells it; empty where it does not. */
  readonly started: string;
  /** Of the machine's current uptime; empty where the system has none. */
  readonly boot: string;
  /** Containers count their processes apart; empty where the system has no such thing. */
  readonly pidNamespace: string;
  readonly host: string;
}

/** Who this process is. */
export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    started: startOf(process.pid) ?? '',
    boot: readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: readOr(() => readlinkSync('/proc/self/ns/pid')),
    host: hostname(),
  };
}

/** Whether a process still runs; `unknown` where it cannot be seen from here. */
export function judgeProcess(other: ProcessIdentity, own: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  const isSameBoot = other.boot === own.boot && (own.boot !== '' || other.host === own.host);
  if (!isSameBoot) return other.host === own.host ? 'dead' : 'unknown';
  if (other.pidNamespace !== own.pidNamespace) return 'unknown';
  if (!isRunning(other.pid)) return 'dead';
  const started = startOf(other.pid);
  if (started === undefined) return 'dead';
  return started === '' || other.started === '' || started === other.started ? 'alive' : 'dead';
}

/** Undefined where the process has ended, also while its parent has not taken note; empty where it cannot be seen. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return startFromProc(pid);
  if (process.platform === 'win32') return '';
  const env = { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' };
  const line = readOr(() =>
    execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env, encoding: 'utf8' }),
  ).trim();
  return line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

function startFromProc(pid: number): string | undefined {
  const stat = readOr(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The program's name stands in brackets and may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : (fields[19] ?? '');
}

function readOr(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
