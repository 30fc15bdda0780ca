import { join } from 'node:path';
import type { RunResult } from '../../events.js';
import { nodeFileSystem } from '../../files/file-system.js';
import { scanEvents } from '../store/logs/event-line.js';
import { failedFinding, type RunFinding } from './run-finding.js';

/** What the event log of a run says. */
export interface LoggedRun {
  readonly eventCount: number;
  readonly lastStep: number;
  /** Of a run that has come to its end. */
  readonly result: RunResult | undefined;
  /** sha256 by file, as of the last time that the file was saved. */
  readonly checkpoints: ReadonlyMap<string, string>;
}

const FILE = 'events.jsonl';

/** Reads the event log; damaged lines make it bad, an unfinished last one does not: a kill leaves one. */
export function inspectEvents(runDir: string): { finding: RunFinding; log: LoggedRun } {
  let bytes: Uint8Array;
  try {
    bytes = nodeFileSystem.read(join(runDir, FILE));
  } catch (error) {
    const finding = { ...failedFinding(FILE, error), next: 'restore it from a copy' };
    return { finding, log: { eventCount: 0, lastStep: 0, result: undefined, checkpoints: new Map() } };
  }
  const checkpoints = new Map<string, string>();
  let result: RunResult | undefined;
  let eventCount = 0;
  let lastStep = 0;
  for (const { event } of scanEvents(bytes)) {
    eventCount += 1;
    result = event.type === 'run-end' ? event.result : undefined;
    if (event.type === 'checkpoint-saved') checkpoints.set(event.file, event.sha256);
    if (event.type === 'step-end') lastStep = event.step;
  }
  const lastLine = bytes.lastIndexOf(10) + 1;
  const damaged = bytes.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0) - eventCount;
  const torn = bytes.length - lastLine;
  const detail = [
    `${eventCount} events, ${lastStep} steps`,
    ...(damaged > 0 ? [`${damaged} damaged lines`] : []),
    ...(torn > 0 ? [`${torn} bytes of an unfinished end, which resuming cuts off`] : []),
  ].join('; ');
  const next = damaged > 0 ? { next: 'the events of these lines are lost; the others are read' } : {};
  return {
    finding: { check: FILE, ok: damaged === 0, detail, ...next },
    log: { eventCount, lastStep, result, checkpoints },
  };
}
