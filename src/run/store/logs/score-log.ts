import { basename, join } from 'node:path';
import { RlpromptError } from '../../../errors.js';
import { type FileSystem, nodeFileSystem, readIfThere } from '../../../files/file-system.js';
import { toIoError } from '../../../files/io-error.js';
import { isThere } from '../../../files/read/is-there.js';
import { AppendFile } from '../../../files/write/append-file.js';
import { encodeFrame, type ScoreFrame, type ScoreRecord, scanFrames } from './score-frame.js';

const DEFAULT_FILE = 'scores.bin';
const VERSION = 1;
const HEADER_LENGTH = 16;
const SYNC_INTERVAL_MS = 1000;

/** Forgets what a run has paid for, where it was paid for another task. */
export function removeScores(runDir: string, fs: FileSystem = nodeFileSystem): void {
  const path = join(runDir, DEFAULT_FILE);
  if (!isThere(path)) return;
  try {
    fs.remove(path);
    fs.syncFolder(runDir);
  } catch (error) {
    throw toIoError(error, { action: 'remove', path });
  }
}

export interface ScoreLogOptions {
  /** Name of the file in the run's folder; default: that of the rewards. */
  readonly file?: string;
  readonly fs?: FileSystem;
  /** `position` of the checkpoint that the run resumes from. */
  readonly position?: number;
  /** Monotonic, in milliseconds; it decides only how often bytes are forced onto the disk. */
  readonly clock?: () => number;
}

/**
 * The durable memory of the rewards a run has paid for. One `append` is one call: it is found again whole or not at
 * all, and outlives the process at once, a power cut after at most a second.
 */
export class ScoreLog {
  /** Records up to `position`: the run knew them when the checkpoint was written. */
  readonly known: readonly ScoreRecord[];
  /** Records beyond it: paid for, then the run was stopped; going on, it will ask for them again. */
  readonly prepaid: readonly ScoreRecord[];
  private readonly callOfPrepaid = new Map<string, number>();
  private syncedAt: number;

  private nextCall: number;

  private constructor(
    private readonly file: AppendFile,
    frames: readonly ScoreFrame[],
    private at: number,
    private readonly clock: () => number,
    /** What was cut off or passed over, for the user; empty in the normal case. */
    readonly notes: readonly string[],
  ) {
    const later = frames.filter(({ call }) => call >= at);
    this.known = frames.filter(({ call }) => call < at).flatMap(({ records }) => records);
    this.prepaid = later.flatMap(({ records }) => records);
    for (const { call, records } of later) for (const { key } of records) this.callOfPrepaid.set(key, call);
    this.nextCall = Math.max(at, (frames.at(-1)?.call ?? -1) + 1);
    this.syncedAt = clock();
  }

  /** Opens the scores of a run, or begins them; a damaged end is cut off. */
  static open(runDir: string, options: ScoreLogOptions = {}): ScoreLog {
    const fs = options.fs ?? nodeFileSystem;
    const path = join(runDir, options.file ?? DEFAULT_FILE);
    const clock = options.clock ?? ((): number => performance.now());
    try {
      const { frames, size, end, notes } = readFrames(path, fs);
      const file = AppendFile.open(path, fs, { size, length: end });
      if (end === 0) file.append(header());
      return new ScoreLog(file, frames, options.position ?? 0, clock, notes);
    } catch (error) {
      throw toIoError(error, { action: 'write', path });
    }
  }

  /** Goes into a checkpoint: how many calls the run has used so far, whether paid now or before. */
  get position(): number {
    return this.at;
  }

  /** Says that a prepaid record was used in place of a new call. */
  markUsed(key: string): void {
    this.at = Math.max(this.at, (this.callOfPrepaid.get(key) ?? -1) + 1);
  }

  /** Writes down the scores of one call. */
  append(records: readonly ScoreRecord<ArrayLike<number>>[]): void {
    this.file.append(encodeFrame(this.nextCall, records));
    this.nextCall += 1;
    this.at = this.nextCall;
    if (this.clock() - this.syncedAt >= SYNC_INTERVAL_MS) this.sync();
  }

  /** Call before a checkpoint is written. */
  sync(): void {
    this.file.sync();
    this.syncedAt = this.clock();
  }

  close(): void {
    this.file.close();
  }
}

/** How many scores a log holds, and what of it is damaged; nothing is changed. @throws RlpromptError `E_SCORE_LOG` */
export function inspectScores(runDir: string, file: string): { count: number; notes: readonly string[] } {
  const { frames, notes } = readFrames(join(runDir, file), nodeFileSystem);
  return { count: frames.reduce((sum, { records }) => sum + records.length, 0), notes };
}

function header(): Buffer {
  const bytes = Buffer.alloc(HEADER_LENGTH);
  bytes.write('RLPSCORE', 'latin1');
  bytes.writeUInt32LE(VERSION, 8);
  return bytes;
}

function readFrames(
  path: string,
  fs: FileSystem,
): { frames: ScoreFrame[]; size: number; end: number; notes: string[] } {
  const bytes = readIfThere(path, fs);
  const notes: string[] = [];
  const head = header();
  if (bytes.length < HEADER_LENGTH) return { frames: [], size: bytes.length, end: 0, notes };
  if (!head.equals(bytes.subarray(0, HEADER_LENGTH)))
    throw foreignFile(path, Buffer.from(bytes.subarray(0, HEADER_LENGTH)));
  const frames: ScoreFrame[] = [];
  let end = HEADER_LENGTH;
  for (const frame of scanFrames(bytes, HEADER_LENGTH)) {
    const begin = frame.begin;
    if (begin > end)
      notes.push(`${basename(path)}: ${begin - end} damaged bytes passed over; their scores are paid for again`);
    frames.push(frame);
    end = frame.end;
  }
  if (bytes.length > end) notes.push(`${basename(path)}: ${bytes.length - end} bytes of an unfinished end cut off`);
  return { frames, size: bytes.length, end, notes };
}

function foreignFile(path: string, head: Buffer): RlpromptError {
  const version = head.readUInt32LE(8);
  const isOurs = head.toString('latin1', 0, 8) === 'RLPSCORE' && version > VERSION;
  return new RlpromptError({
    code: 'E_SCORE_LOG',
    exit: 'data',
    message: isOurs
      ? `score log of format ${version}; this program reads up to ${VERSION}`
      : 'not a score log of this program',
    where: path,
    kept: 'the file as it is',
    next: isOurs
      ? 'resume with the newer rlprompt that wrote it'
      : 'move the file away to pay for its scores again, then resume',
  });
}
