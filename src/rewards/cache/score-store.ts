import { createHash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, ftruncateSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { factsOf } from '../../files/read/facts-of.js';
import { makeFolder } from '../../files/write/make-folder.js';
import { encodeBlock, readSegment, SEGMENT_HEADER_LENGTH, type StoredRow, segmentHeader } from './score-segment.js';
import { ScoreTable } from './score-table.js';

const EXTENSION = '.scores';
const DEFAULT_LIMIT = 256 * 1024 * 1024;
/** Each process leaves a segment behind; reading very many would slow every start. */
const MOST_SEGMENTS = 1000;

/** A score of a prompt text on an input text: a number a label. */
export interface TextScore {
  readonly prompt: string;
  readonly input: string;
  readonly values: Float32Array;
}

export interface ScoreStoreOptions {
  /** All that scores depend on beside template, labels and texts: the model's digest, its number format … */
  readonly identity: readonly string[];
  /** Bytes on the disk, over all models; the segments written to least recently are given up first. */
  readonly limitBytes?: number;
}

/**
 * Scores of earlier runs, on the disk. Each process appends to segments of its own and reads those that were there when
 * it began, so any number of them can work at once; whatever is torn or cannot be read is merely not known.
 */
export class ScoreStore {
  private readonly contexts = new Map<string, ScoreContext>();
  private readonly budget: { bytes: number };

  private constructor(
    private readonly folder: string,
    private readonly options: ScoreStoreOptions,
  ) {
    const limit = options.limitBytes ?? DEFAULT_LIMIT;
    evictOldest(folder, limit);
    // One process alone does not push all others out.
    this.budget = { bytes: limit / 4 };
  }

  /** @throws an error of the operating system where the folder cannot be made or read */
  static open(folder: string, options: ScoreStoreOptions): ScoreStore {
    makeFolder(folder);
    return new ScoreStore(folder, options);
  }

  /** The scores under a template and labels; `parts` is all they depend on, `width` the numbers of a row. */
  context(parts: readonly unknown[], width: number): ScoreContext {
    const hash = createHash('sha256').update(JSON.stringify([this.options.identity, parts, width]));
    const name = hash.digest('hex').slice(0, 32);
    let context = this.contexts.get(name);
    if (!context) {
      context = new ScoreContext(join(this.folder, name), width, this.budget);
      this.contexts.set(name, context);
    }
    return context;
  }

  close(): void {
    for (const context of this.contexts.values()) context.close();
  }
}

/** The scores of one model under one template and one set of labels. */
export class ScoreContext {
  private readonly table: ScoreTable;
  private fd: number | undefined;
  private written = 0;
  private isBroken = false;

  constructor(
    private readonly folder: string,
    private readonly width: number,
    private readonly budget: { bytes: number },
  ) {
    this.table = new ScoreTable(width);
    for (const { path } of segmentsIn(folder)) {
      for (const { key, values } of readSegment(readIfThere(path), width)) this.table.add(key, values);
    }
  }

  get(prompt: string, input: string): Float32Array | undefined {
    return this.table.get(keyOf(prompt, input));
  }

  /** Keeps scores for this process and, as far as the disk lets it, for others. */
  put(scores: readonly TextScore[]): void {
    const rows = scores
      .map(({ prompt, input, values }): StoredRow => ({ key: keyOf(prompt, input), values }))
      .filter(({ key, values }) => values.every(Number.isFinite) && !this.table.get(key));
    for (const { key, values } of rows) this.table.add(key, values);
    const block = encodeBlock(rows, this.width);
    if (rows.length === 0 || this.isBroken || block.length > this.budget.bytes) return;
    try {
      this.append(block);
    } catch {
      // A full disk costs the scores of later runs, never this run.
      this.isBroken = true;
    }
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private append(block: Buffer): void {
    this.fd ??= this.begin();
    try {
      writeFully(this.fd, block);
    } catch (error) {
      ftruncateSync(this.fd, this.written);
      throw error;
    }
    this.written += block.length;
    this.budget.bytes -= block.length;
  }

  private begin(): number {
    makeFolder(this.folder);
    const fd = openSync(join(this.folder, `${randomUUID()}${EXTENSION}`), 'ax', 0o600);
    writeFully(fd, segmentHeader(this.width));
    this.written = SEGMENT_HEADER_LENGTH;
    return fd;
  }
}

/** What the store takes on the disk. */
export function measureScores(folder: string): { segments: number; bytes: number } {
  const segments = allSegments(folder);
  return { segments: segments.length, bytes: segments.reduce((sum, { size }) => sum + size, 0) };
}

/** 128 bits of a hash, so that two texts never share a score. */
function keyOf(prompt: string, input: string): Uint32Array {
  const digest = createHash('sha256')
    .update(JSON.stringify([prompt, input]))
    .digest();
  return Uint32Array.from({ length: 4 }, (_, i) => digest.readUInt32LE(4 * i));
}

interface Segment {
  readonly path: string;
  readonly size: number;
  readonly modified: number;
}

function evictOldest(folder: string, limit: number): void {
  const segments = allSegments(folder).sort((a, b) => b.modified - a.modified);
  let bytes = 0;
  segments.forEach(({ path, size }, i) => {
    bytes += size;
    if (bytes > limit || i >= MOST_SEGMENTS) rmSync(path, { force: true });
  });
}

function allSegments(folder: string): Segment[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => segmentsIn(join(folder, name)));
}

function segmentsIn(folder: string): Segment[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(EXTENSION))
    .flatMap((name) => {
      const path = join(folder, name);
      const stat = factsOf(path);
      return stat ? [{ path, size: stat.size, modified: stat.mtimeMs }] : [];
    });
}

/** Another process may give a segment up while it is read. */
function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

function writeFully(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done);
}
