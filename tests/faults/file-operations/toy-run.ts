import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PromptSummary } from '../../../src/events.js';
import type { FileSystem } from '../../../src/files/file-system.js';
import { readLatestCheckpoint } from '../../../src/run/checkpoint/checkpoint.js';
import { writeBest } from '../../../src/run/store/best-file.js';
import { EventLog } from '../../../src/run/store/logs/event-log.js';
import { ScoreLog } from '../../../src/run/store/logs/score-log.js';
import { openRunFolder } from '../../../src/run/store/run-folder.js';
import { saveRun } from '../../../src/run/store/save-run.js';

export const CHECKPOINT_EVERY = 3;
const REWARDS_PER_STEP = 4;
const SIZE = 500;

export interface ToyRun {
  readonly fs: FileSystem;
  readonly steps: number;
  /** Called for every reward that is computed, and again when it is safely written down. */
  readonly pay?: (key: string) => void;
  readonly acknowledge?: (key: string) => void;
}

/** What its checkpoints keep beside the array. */
export interface ToyState {
  readonly position: number;
  readonly paidCount: number;
}

/** A folder that `toyRun` can work in. */
export function prepareToyRun(runDir: string): void {
  if (!existsSync(join(runDir, 'run.json'))) writeFileSync(join(runDir, 'run.json'), '{}');
}

/**
 * A run in small, as the loop writes one: paid rewards move an array, every step is an event, and every third one a
 * checkpoint. It continues from wherever the folder is.
 *
 * @returns sha256 of the last checkpoint
 */
export function toyRun(runDir: string, { fs, steps, pay, acknowledge }: ToyRun): string {
  const folder = openRunFolder(runDir, { now: new Date(0), fs });
  const open: { close(): void }[] = [];
  try {
    const checkpoint = readLatestCheckpoint(runDir, fs)?.checkpoint;
    const saved = checkpoint?.json as ToyState | undefined;
    const events = EventLog.open(runDir, checkpoint, fs);
    open.push(events);
    const scores = ScoreLog.open(runDir, { fs, position: saved?.position ?? 0 });
    open.push(scores);
    const prepaid = new Map(scores.prepaid.map(({ key, values }) => [key, values]));
    const weights = checkpoint?.arrays.weights ?? new Float32Array(SIZE);
    let paidCount = saved?.paidCount ?? 0;
    let sha256 = checkpoint?.sha256 ?? '';
    for (let step = (checkpoint?.step ?? 0) + 1; step <= steps; step++) {
      const keys = Array.from({ length: REWARDS_PER_STEP }, (_, i) => `${step}-${i}`);
      const known = keys.map((key) => prepaid.get(key));
      const values = keys.map((key, i) => known[i] ?? rewardOf(key));
      if (known.includes(undefined)) {
        for (const key of keys) pay?.(key);
        scores.append(keys.map((key, i) => ({ key, values: values[i]! })));
        for (const key of keys) acknowledge?.(key);
      } else for (const key of keys) scores.markUsed(key);
      paidCount += keys.length;
      weights.forEach((weight, i) => {
        weights[i] = Math.fround(weight * 0.9 + values[i % REWARDS_PER_STEP]![0]! * Math.sin(i + step));
      });
      events.append({ type: 'run-continued', step });
      if (step % CHECKPOINT_EVERY !== 0) continue;
      const json: ToyState = { position: scores.position, paidCount };
      const saved = saveRun(
        { runDir, events, scores, fs },
        { step, json, arrays: { weights } },
        { elapsedSeconds: step },
      );
      sha256 = saved.type === 'checkpoint-saved' ? saved.sha256 : '';
      writeBest(runDir, { schemaVersion: 1, prompt: promptOf(step) }, fs);
    }
    return sha256;
  } finally {
    for (const file of open.reverse()) file.close();
    folder.close();
  }
}

function promptOf(step: number): PromptSummary {
  return { tokenIds: [step], tokens: [`${step}`], text: `${step}`, step, reward: step, train: {}, origin: 'policy' };
}

function rewardOf(key: string): Float32Array {
  const [step, i] = key.split('-').map(Number);
  return Float32Array.of(Math.sin(step! * 7.1 + i! * 1.3), Math.cos(step!), i! / 3);
}
