import { join } from 'node:path';
import type { CheckpointSavedEvent, RunEvent, UnnumberedEvent } from '../events.js';
import { AppendFile } from './append-file.js';
import { formatEvent, scanEvents } from './event-line.js';
import { type FileSystem, hasErrno, nodeFileSystem } from './file-system.js';
import { toIoError } from './io-error.js';

const FILE = 'events.jsonl';

type SavedCheckpoint = Pick<CheckpointSavedEvent, 'step' | 'file' | 'sha256'>;

/**
 * The append-only history of a run. An event that `append` returned outlives the process; `sync` makes it outlive a
 * power cut.
 */
export class EventLog {
  private constructor(
    private readonly file: AppendFile,
    private lastSeq: number,
    private checkpoint: CheckpointSavedEvent | undefined,
    /** What was cut off, for the user; empty in the normal case. */
    readonly notes: readonly string[],
  ) {}

  /**
   * Opens the log of a run, or begins one. An unfinished or damaged end is cut off. With `resumeFrom`, the checkpoint
   * that a run goes on from, the events after its `checkpoint-saved` are cut off too: they are made again.
   */
  static open(runDir: string, options: { fs?: FileSystem; resumeFrom?: SavedCheckpoint } = {}): EventLog {
    const fs = options.fs ?? nodeFileSystem;
    const path = join(runDir, FILE);
    try {
      const kept = keptPart(path, fs, options.resumeFrom?.sha256);
      const file = AppendFile.open(path, fs, { size: kept.size, length: kept.end });
      const torn = kept.size - kept.lastWhole;
      const notes = torn > 0 ? [`${FILE}: ${torn} bytes of an unfinished end cut off`] : [];
      const log = new EventLog(file, kept.lastSeq, kept.checkpoint, notes);
      if (options.resumeFrom) log.completeCheckpoint(options.resumeFrom);
      return log;
    } catch (error) {
      throw toIoError(error, { action: 'write', path });
    }
  }

  /** The process may have ended between writing the checkpoint and saying so. */
  private completeCheckpoint({ step, file, sha256 }: SavedCheckpoint): void {
    if (this.checkpoint?.sha256 === sha256) return;
    this.append({ type: 'checkpoint-saved', step, file, sha256, elapsedSeconds: this.elapsedSeconds });
  }

  /** The number the next event gets; the first is 1, so that it is also the number of its line. */
  get nextSeq(): number {
    return this.lastSeq + 1;
  }

  /** Time the run had taken when its last checkpoint was saved. */
  get elapsedSeconds(): number {
    return this.checkpoint?.elapsedSeconds ?? 0;
  }

  /** Numbers the event and writes it down. */
  append(event: UnnumberedEvent): RunEvent {
    const numbered = { seq: this.nextSeq, ...event } as RunEvent;
    this.file.append(Buffer.from(formatEvent(numbered)), '\n');
    this.lastSeq = numbered.seq;
    if (numbered.type === 'checkpoint-saved') this.checkpoint = numbered;
    return numbered;
  }

  /** Call before a checkpoint is written: the checkpoint then never knows of an event that a power cut takes away. */
  sync(): void {
    this.file.sync();
  }

  close(): void {
    this.file.close();
  }
}

/** The events of a run, finished or under way, in order; also to be used with `for await`. */
export function* readEvents(runDir: string): Generator<RunEvent, void> {
  const path = join(runDir, FILE);
  let bytes: Uint8Array;
  try {
    bytes = nodeFileSystem.read(path);
  } catch (error) {
    throw toIoError(error, { action: 'read', path });
  }
  for (const { event } of scanEvents(bytes)) yield event;
}

interface KeptPart {
  /** Of the file, in bytes. */
  readonly size: number;
  /** Where the last whole line ends. */
  readonly lastWhole: number;
  /** Where the part ends that the run goes on from. */
  readonly end: number;
  readonly lastSeq: number;
  readonly checkpoint: CheckpointSavedEvent | undefined;
}

function keptPart(path: string, fs: FileSystem, resumeFrom: string | undefined): KeptPart {
  let size = 0;
  let last = { end: 0, lastSeq: 0 };
  let checkpoint: CheckpointSavedEvent | undefined;
  let resumed: (typeof last & { checkpoint: CheckpointSavedEvent }) | undefined;
  try {
    const bytes = fs.read(path);
    size = bytes.length;
    for (const { event, end } of scanEvents(bytes)) {
      last = { end, lastSeq: event.seq };
      if (event.type !== 'checkpoint-saved') continue;
      checkpoint = event;
      if (event.sha256 === resumeFrom) resumed = { ...last, checkpoint };
    }
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw error;
  }
  return { size, lastWhole: last.end, ...(resumed ?? { ...last, checkpoint }) };
}
