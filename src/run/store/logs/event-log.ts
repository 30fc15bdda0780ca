import { join } from 'node:path';
import type {
  CheckpointSavedEvent,
  RunEvent,
  StepEndEvent,
  UnnumberedEvent,
  WeightsChangedEvent,
} from '../../../events.js';
import { type FileSystem, nodeFileSystem, readIfThere } from '../../../files/file-system.js';
import { toIoError } from '../../../files/io-error.js';
import { readBytes } from '../../../files/read/read-file.js';
import { AppendFile } from '../../../files/write/append-file.js';
import { formatEvent, scanEvents } from './event-line.js';

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
    /** A person's changes of weights that were cut off: they are made again, each at its step. */
    readonly lostWeights: readonly WeightsChangedEvent[],
    /** Steps that were cut off. */
    readonly lostSteps: readonly StepEndEvent[],
  ) {}

  /**
   * Opens the log of a run where `resumeFrom`, the checkpoint that the run resumes from, left it: the events after its
   * `checkpoint-saved` are cut off, for they are made again. Without a checkpoint that is all of them.
   */
  static open(runDir: string, resumeFrom: SavedCheckpoint | undefined, fs: FileSystem = nodeFileSystem): EventLog {
    const path = join(runDir, FILE);
    try {
      const kept = keptPart(path, fs, resumeFrom);
      const file = AppendFile.open(path, fs, { size: kept.size, length: kept.end });
      const torn = kept.size - kept.lastWhole;
      const notes = torn > 0 ? [`${FILE}: ${torn} bytes of an unfinished end cut off`] : [];
      const log = new EventLog(file, kept.lastSeq, kept.checkpoint, notes, kept.lostWeights, kept.lostSteps);
      if (resumeFrom) log.completeCheckpoint(resumeFrom);
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

  get lastCheckpoint(): CheckpointSavedEvent | undefined {
    return this.checkpoint;
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
  for (const { event } of scanEvents(readBytes(join(runDir, FILE)))) yield event;
}

interface KeptPart {
  /** Of the file, in bytes. */
  readonly size: number;
  /** Where the last whole line ends. */
  readonly lastWhole: number;
  /** Where the part ends that the run resumes from. */
  readonly end: number;
  readonly lastSeq: number;
  readonly checkpoint: CheckpointSavedEvent | undefined;
  /** Behind the end, as are the steps. */
  readonly lostWeights: readonly WeightsChangedEvent[];
  readonly lostSteps: readonly StepEndEvent[];
}

function keptPart(path: string, fs: FileSystem, resumeFrom: SavedCheckpoint | undefined): KeptPart {
  const nothing = { end: 0, lastSeq: 0, checkpoint: undefined };
  const bytes = readIfThere(path, fs);
  let last: Omit<KeptPart, 'size' | 'lastWhole' | 'lostWeights' | 'lostSteps'> = nothing;
  let resumed: typeof last | undefined;
  const weights: (WeightsChangedEvent & { readonly end: number })[] = [];
  const steps: (StepEndEvent & { readonly end: number })[] = [];
  for (const { event, end } of scanEvents(bytes)) {
    if (event.type === 'step-end') steps.push({ ...event, end });
    if (event.type === 'weights-changed') weights.push({ ...event, end });
    const isCheckpoint = event.type === 'checkpoint-saved';
    last = { end, lastSeq: event.seq, checkpoint: isCheckpoint ? event : last.checkpoint };
    if (isCheckpoint && event.sha256 === resumeFrom?.sha256) resumed = last;
  }
  const kept = resumeFrom ? (resumed ?? last) : nothing;
  const lostWeights = weights.filter(({ end }) => end > kept.end);
  const lostSteps = steps.filter(({ end }) => end > kept.end);
  return { size: bytes.length, lastWhole: last.end, lostWeights, lostSteps, ...kept };
}
