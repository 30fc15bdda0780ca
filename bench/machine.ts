import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { programVersions } from '../src/run/store/program-versions.js';

export function machine(): Record<string, unknown> {
  return {
    processor: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    ...programVersions(),
  };
}

/** The most memory this process has had; undefined where the system does not say. */
export function peakMiB(): number | undefined {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const kib = /VmHWM:\s+(\d+)/.exec(status)?.[1];
  return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}

/** Processor seconds of this process so far, all threads: what other programs on the machine do changes them little. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
