import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type FileSystem, nodeFileSystem } from '../../../src/files/file-system.js';
import { readLatestCheckpoint } from '../../../src/run/checkpoint/checkpoint.js';
import { readEvents } from '../../../src/run/store/logs/event-log.js';
import { ScoreLog } from '../../../src/run/store/logs/score-log.js';
import { STEPS } from './half-toy-run.js';
import { powerCutFileSystem } from './power-cut-file-system.js';
import { type ToyState, toyRun } from './toy-run.js';

export interface PowerCuts {
  readonly renames: 'kept' | 'lost';
  readonly copyOf: (name: string) => string;
  /** What the run ends with where nothing fails. */
  readonly expected: string;
  /** Takes a protection away. */
  readonly weaken?: (fs: FileSystem) => FileSystem;
}

/** Cuts the power before each file operation of a cycle; returns how often, and what was lost by that. */
export function cutEverywhere(name: string, cuts: PowerCuts): { count: number; reached: number[]; losses: string[] } {
  const { renames, copyOf, expected, weaken = (fs) => fs } = cuts;
  const { fs, operations } = powerCutFileSystem({ renames });
  toyRun(copyOf(`${name}-count`), { fs: weaken(fs), steps: STEPS });
  const reached = new Set<number>();
  const losses: string[] = [];
  for (let at = 1; at <= operations.length; at++) {
    const runDir = copyOf(`${name}-${at}`);
    try {
      toyRun(runDir, { fs: weaken(powerCutFileSystem({ at, renames }).fs), steps: STEPS });
    } catch {
      // Only what is on the disk counts.
    }
    rmSync(join(runDir, 'lock'), { force: true });
    const lost = lossesIn(runDir, reached, expected);
    losses.push(...lost.map((what) => `power cut before ${operations[at - 1]} ${at}: ${what}`));
    rmSync(runDir, { recursive: true });
  }
  return { count: operations.length, reached: [...reached].sort((a, b) => a - b), losses };
}

/** Everything that the latest checkpoint builds on must be on the disk, and the run must end as if nothing had happened. */
function lossesIn(runDir: string, reached: Set<number>, expected: string): string[] {
  try {
    const { checkpoint, warnings } = readLatestCheckpoint(runDir)!;
    reached.add(checkpoint.step);
    const { position, paidCount } = checkpoint.json as ToyState;
    const scores = ScoreLog.open(runDir, { position });
    const scoreCount = scores.known.length;
    scores.close();
    const steps = [...readEvents(runDir)].flatMap((event) => (event.type === 'run-continued' ? [event.step] : []));
    const hasSteps = Array.from({ length: checkpoint.step }, (_, i) => i + 1).every((step, i) => steps[i] === step);
    return [
      ...warnings,
      ...(scoreCount === paidCount ? [] : [`${scoreCount} of ${paidCount} scores`]),
      ...(hasSteps ? [] : [`events of the steps ${steps}`]),
      ...(toyRun(runDir, { fs: nodeFileSystem, steps: STEPS }) === expected ? [] : ['another end']),
    ];
  } catch (error) {
    return [String(error)];
  }
}
