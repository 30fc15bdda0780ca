import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFileSystem } from '../../files/file-system.js';
import { isLockHeld } from '../../files/lock/lock.js';
import { isThere } from '../../files/read/is-there.js';
import { decodeCheckpoint } from '../checkpoint/checkpoint-format.js';
import { readStart, START_FILE } from '../continue/start-file.js';
import { POLICY_FILE, readPolicy } from '../policies/policy-file.js';
import { readBest } from '../store/best-file.js';
import { inspectScores } from '../store/logs/score-log.js';
import { readManifest } from '../store/run-manifest.js';
import { inspectEvents, type LoggedRun } from './inspect-events.js';
import { failedFinding, type RunFinding } from './run-finding.js';
import { type Remainder, savedBy } from './saved-by.js';

const STEP_FILE = /^step-\d+\.(safetensors|ckpt)$/;

/** Whether a path is a run folder, a damaged one included. */
export function looksLikeRun(path: string): boolean {
  return ['run.json', 'events.jsonl', 'checkpoints'].filter((name) => isThere(join(path, name))).length >= 2;
}

/**
 * Reads everything in a run folder and changes nothing: each file, what the event log says of it, and the lock. The last
 * finding says what can be saved, and with which command.
 */
export function inspectRun(runDir: string): RunFinding[] {
  const manifest = examine('run.json', () => {
    const { task, created } = readManifest(runDir);
    return `task ${task}, begun ${created}`;
  });
  const { finding: events, log } = inspectEvents(runDir);
  const checkpoints = stepFiles(runDir).map((name) => inspectCheckpoint(runDir, name, log));
  const whole = checkpoints.filter(({ finding }) => finding.ok).map(({ step }) => step);
  const best = isThere(join(runDir, 'best.json'))
    ? [examine('best.json', () => JSON.stringify(readBest(runDir)?.prompt.text))]
    : [];
  const policy = isThere(join(runDir, POLICY_FILE))
    ? [examine(POLICY_FILE, () => `of step ${readPolicy(runDir).summary.step}`)]
    : [];
  const start = isThere(join(runDir, START_FILE))
    ? [examine(START_FILE, () => `of ${readStart(runDir)?.source.run}`)]
    : [];
  const scores = scoreFiles(runDir).map((file) => examineScores(runDir, file));
  const isWritten = isLockHeld(join(runDir, 'lock'));
  const remainder: Remainder = {
    runDir,
    isWritten,
    hasManifest: manifest.ok,
    hasBest: best.some(({ ok }) => ok),
    checkpointStep: whole.length > 0 ? Math.max(...whole) : undefined,
    hasCheckpoints: checkpoints.length > 0,
    foreignScores: scores.find(({ ok }) => !ok)?.check,
    log,
  };
  return [
    manifest,
    events,
    ...checkpoints.map(({ finding }) => finding),
    ...best,
    ...policy,
    ...start,
    ...scores,
    { check: 'lock', ok: true, detail: isWritten ? 'a process writes the run now' : 'nobody writes the run' },
    savedBy(remainder),
  ];
}

function stepFiles(runDir: string): string[] {
  const folder = join(runDir, 'checkpoints');
  return isThere(folder)
    ? readdirSync(folder)
        .filter((name) => STEP_FILE.test(name))
        .sort()
    : [];
}

function scoreFiles(runDir: string): string[] {
  return readdirSync(runDir)
    .filter((name) => name.endsWith('.bin'))
    .sort();
}

function inspectCheckpoint(runDir: string, name: string, log: LoggedRun): { finding: RunFinding; step: number } {
  const file = `checkpoints/${name}`;
  let step = -1;
  const finding = examine(file, () => {
    const content = decodeCheckpoint(nodeFileSystem.read(join(runDir, file)));
    const logged = log.checkpoints.get(file);
    if (logged !== undefined && logged !== content.sha256)
      throw new Error(`is whole, but not the file that events.jsonl names: its sha256 is ${content.sha256}`);
    step = content.step;
    return `step ${step}, sha256 ${content.sha256.slice(0, 12)}…${logged === undefined ? ', not in the log yet' : ''}`;
  });
  return { finding, step };
}

function examineScores(runDir: string, file: string): RunFinding {
  return examine(file, () => {
    const { count, notes } = inspectScores(runDir, file);
    return [`${count} scores`, ...notes.map((note) => note.replace(`${file}: `, ''))].join('; ');
  });
}

function examine(check: string, read: () => string | undefined): RunFinding {
  try {
    return { check, ok: true, detail: read() ?? '' };
  } catch (error) {
    return failedFinding(check, error);
  }
}
