import { dirname, join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { type FileSystem, hasErrno, nodeFileSystem } from '../../files/file-system.js';
import { toIoError } from '../../files/io-error.js';
import { isThere } from '../../files/read/is-there.js';
import { atomicWrite } from '../../files/write/atomic-write.js';
import { shellWord } from '../../shell-word.js';
import { CheckpointDamage } from './checkpoint-damage.js';
import {
  CHECKPOINT_VERSION,
  type CheckpointContent,
  decodeCheckpoint,
  encodeCheckpoint,
  NewerCheckpoint,
  type Shapes,
} from './checkpoint-format.js';

export interface StoredCheckpoint extends CheckpointContent {
  /** Relative to the run folder. */
  readonly file: string;
  /** Of the whole file, as `sha256sum` prints it. */
  readonly sha256: string;
}

const FOLDER = 'checkpoints';
/** `.ckpt` was the extension of version 1. */
const STEP_FILE = /^step-(\d{6,})\.(?:safetensors|ckpt)$/;

/**
 * Writes `checkpoints/step-000123.safetensors`, whole or not at all, then removes older ones but the last before it. One
 * written under a `name` of its own stays until it is overwritten, and is not what a run is resumed from.
 *
 * @throws RlpromptError `E_IO` and the like; the checkpoints before it then still stand
 */
export function writeCheckpoint(
  runDir: string,
  content: CheckpointContent,
  options: { fs?: FileSystem; name?: string; shapes?: Shapes } = {},
): { file: string; sha256: string } {
  const fs = options.fs ?? nodeFileSystem;
  const folder = join(runDir, FOLDER);
  const name = `${options.name ?? `step-${String(content.step).padStart(6, '0')}`}.safetensors`;
  const { bytes, sha256 } = encodeCheckpoint(content, options.shapes);
  ensureFolder(folder, fs);
  atomicWrite(join(folder, name), bytes, fs);
  if (!options.name) removeOutdated(folder, { name, step: content.step }, fs);
  return { file: `${FOLDER}/${name}`, sha256 };
}

function ensureFolder(folder: string, fs: FileSystem): void {
  try {
    if (!isThere(folder)) fs.makeFolder(folder);
  } catch (error) {
    const kept = isThere(dirname(folder)) ? undefined : 'nothing: the folder of the run was removed';
    throw toIoError(error, { action: 'create', path: folder, ...(kept === undefined ? {} : { kept }) });
  }
}

/** Those of the same step or a later one belong to a course of the run that was given up. */
function removeOutdated(folder: string, written: StepFile, fs: FileSystem): void {
  try {
    const others = stepFiles(folder, fs).filter(({ name }) => name !== written.name);
    const previous = others.find(({ step }) => step < written.step);
    for (const other of others) if (other !== previous) fs.remove(join(folder, other.name));
  } catch (error) {
    throw toIoError(error, { action: 'write', path: folder, kept: 'the checkpoint just written' });
  }
}

/**
 * The latest checkpoint that is whole; one that is damaged is passed over with a warning. Undefined where none was
 * written yet.
 *
 * @throws RlpromptError `E_CHECKPOINT_DAMAGED` where none is whole, `E_CHECKPOINT_VERSION` where the latest was written by
 *   a later version of the program
 */
export function readLatestCheckpoint(
  runDir: string,
  fs: FileSystem = nodeFileSystem,
): { checkpoint: StoredCheckpoint; warnings: string[] } | undefined {
  const folder = join(runDir, FOLDER);
  const damaged: string[] = [];
  for (const { name } of stepFiles(folder, fs)) {
    const file = `${FOLDER}/${name}`;
    try {
      const checkpoint = readCheckpoint(runDir, file, fs);
      if (checkpoint) {
        return { checkpoint, warnings: damaged.map((what) => `${what}; going back to the checkpoint before it`) };
      }
    } catch (error) {
      if (!(error instanceof CheckpointDamage)) throw error;
      damaged.push(`${file} is damaged (${error.message})`);
    }
  }
  if (damaged.length === 0) return undefined;
  throw new RlpromptError({
    code: 'E_CHECKPOINT_DAMAGED',
    exit: 'data',
    message: `no checkpoint of the run is whole: ${damaged.join('; ')}`,
    where: folder,
    kept: 'events.jsonl, best.json and the scores paid for',
    next: `rlprompt top ${shellWord(runDir)}`,
  });
}

/**
 * Removes the damaged checkpoints that were passed over for one that is whole: they would be kept in its place once the
 * next one is written.
 */
export function removeDamaged(runDir: string, whole: StoredCheckpoint, fs: FileSystem = nodeFileSystem): void {
  const folder = join(runDir, FOLDER);
  try {
    for (const { name } of stepFiles(folder, fs)) {
      if (`${FOLDER}/${name}` === whole.file) return;
      fs.remove(join(folder, name));
    }
  } catch (error) {
    throw toIoError(error, { action: 'write', path: folder });
  }
}

/** Removes all checkpoints of steps before this one. */
export function removeEarlier(runDir: string, step: number, fs: FileSystem = nodeFileSystem): void {
  const folder = join(runDir, FOLDER);
  try {
    for (const file of stepFiles(folder, fs)) if (file.step < step) fs.remove(join(folder, file.name));
  } catch (error) {
    throw toIoError(error, { action: 'write', path: folder });
  }
}

/** Undefined where the file is gone: a running run may have removed it since it was listed. */
function readCheckpoint(runDir: string, file: string, fs: FileSystem): StoredCheckpoint | undefined {
  const path = join(runDir, file);
  let bytes: Uint8Array;
  try {
    bytes = fs.read(path);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw toIoError(error, { action: 'read', path });
  }
  try {
    return { ...decodeCheckpoint(bytes), file };
  } catch (error) {
    if (!(error instanceof NewerCheckpoint)) throw error;
    throw new RlpromptError({
      code: 'E_CHECKPOINT_VERSION',
      exit: 'data',
      message: `the checkpoint has format ${error.version}; this program reads up to ${CHECKPOINT_VERSION}`,
      where: path,
      kept: 'the file as it is',
      next: 'resume with the newer rlprompt that wrote it',
    });
  }
}

interface StepFile {
  readonly name: string;
  readonly step: number;
}

/** The checkpoints that a run may be resumed from, latest first; of one step, that of the newer version first. */
function stepFiles(folder: string, fs: FileSystem): StepFile[] {
  let names: string[];
  try {
    names = fs.list(folder);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return [];
    throw toIoError(error, { action: 'read', path: folder });
  }
  const files = names.flatMap((name) => {
    const digits = STEP_FILE.exec(name)?.[1];
    return digits === undefined ? [] : [{ name, step: Number(digits) }];
  });
  return files.sort((a, b) => b.step - a.step || (a.name < b.name ? 1 : -1));
}
