import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../src/files/file-system.js';
import { readLatestCheckpoint } from '../../src/run/checkpoint/checkpoint.js';
import { readEvents } from '../../src/run/store/event-log.js';
import { ScoreLog } from '../../src/run/store/score-log.js';
import { halfToyRun, STEPS } from './half-toy-run.js';
import { powerCutFileSystem } from './power-cut-file-system.js';
import { type ToyState, toyRun } from './toy-run.js';

const { copyOf, expected } = halfToyRun('power');

/** Everything that the latest checkpoint builds on is on the disk. */
function expectWhole(runDir: string, when: string): void {
  const { checkpoint, warnings } = readLatestCheckpoint(runDir)!;
  expect(warnings, when).toEqual([]);
  const { position, paidCount } = checkpoint.json as ToyState;
  const scores = ScoreLog.open(runDir, { position });
  expect(scores.known, when).toHaveLength(paidCount);
  scores.close();
  const steps = [...readEvents(runDir)].flatMap((event) => (event.type === 'run-continued' ? [event.step] : []));
  expect(steps.slice(0, checkpoint.step), when).toEqual(Array.from({ length: checkpoint.step }, (_, i) => i + 1));
}

describe.each(['kept', 'lost'] as const)('a power cut before any file operation, renames not synced %s', (renames) => {
  it('leaves a checkpoint with all it builds on, from which the run ends as if nothing had happened', () => {
    const { fs, operations } = powerCutFileSystem({ renames });
    toyRun(copyOf(`${renames}-count`), { fs, steps: STEPS });
    expect(operations.length).toBeGreaterThan(25);
    const reached = new Set<number>();
    for (let at = 1; at <= operations.length; at++) {
      const when = `power cut before ${operations[at - 1]} ${at}`;
      const runDir = copyOf(`${renames}-${at}`);
      try {
        toyRun(runDir, { fs: powerCutFileSystem({ at, renames }).fs, steps: STEPS });
      } catch {
        // Only what is on the disk counts.
      }
      rmSync(join(runDir, 'lock'), { force: true });
      reached.add(readLatestCheckpoint(runDir)!.checkpoint.step);
      expectWhole(runDir, when);
      expect(toyRun(runDir, { fs: nodeFileSystem, steps: STEPS }), when).toBe(expected);
      rmSync(runDir, { recursive: true });
    }
    expect(reached).toEqual(new Set([6, 9]));
  });
});
