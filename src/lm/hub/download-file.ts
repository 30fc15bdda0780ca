import type { Hash } from 'node:crypto';
import { createReadStream, renameSync, rmSync, truncateSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { makeFolder } from '../../files/write/make-folder.js';
import { contentName, type ExpectedContent, expectedContent, isLfsPointer, startHash } from './content-check.js';
import { DownloadPace } from './download-pace.js';
import { Attempts, FailedAttempt } from './failed-attempt.js';
import type { HttpClient, HubAnswer } from './http-client.js';
import type { HubFile } from './hub-api.js';
import { protocolError } from './hub-errors.js';
import { takePartialFile } from './partial-file.js';

export interface DownloadTarget {
  readonly url: URL;
  readonly file: HubFile;
  /** Where the whole file goes. */
  readonly path: string;
  /** Folder of half files, on the same disk. */
  readonly partialFolder: string;
}

export interface DownloadOptions {
  readonly client: HttpClient;
  readonly retryMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((received: number) => void) | undefined;
}

/** This many new bytes show that a connection is worth another attempt. */
const PROGRESS_BYTES = 64 * 1024;

/**
 * Downloads a file, going on where an attempt before or a process that was killed had stopped. It stands in its place
 * only once its length and hash are right.
 */
export async function downloadFile(target: DownloadTarget, options: DownloadOptions): Promise<void> {
  const attempts = new Attempts(target.url.href, options.retryMs);
  const download = new Download(target, options);
  for (;;) {
    const before = download.received;
    try {
      await download.attempt();
      return;
    } catch (error) {
      if (!(error instanceof FailedAttempt)) throw error;
      if (download.received - before >= PROGRESS_BYTES) attempts.noteProgress();
      await attempts.after(error, options.signal);
    }
  }
}

class Download {
  received = 0;
  private expected: ExpectedContent | undefined;
  private partial: string | undefined;
  /** Of the server that sends the bytes; a part of another version must not be joined to ours. */
  private etag: string | undefined;
  private restarts = 0;

  constructor(
    private readonly target: DownloadTarget,
    private readonly options: DownloadOptions,
  ) {
    this.expected = expectedContent(target.file);
    if (this.expected) this.takePartial(this.expected);
  }

  async attempt(): Promise<void> {
    const { url } = this.target;
    if (!this.expected || this.received < this.expected.size || this.received === 0) {
      const answer = await this.options.client.get(url, this.rangeHeaders(), this.options.signal);
      try {
        await this.receive(answer);
      } finally {
        answer.body.on('error', () => {}).destroy();
      }
    }
    await this.finish();
  }

  private rangeHeaders(): Record<string, string> {
    if (this.received === 0) return {};
    return { range: `bytes=${this.received}-`, ...(this.etag ? { 'if-range': this.etag } : {}) };
  }

  private async receive(answer: HubAnswer): Promise<void> {
    const { url } = this.target;
    const { headers, status, body } = answer;
    if (/^text\/html\b/.test(headers['content-type'] ?? ''))
      throw protocolError('a web page came where a file was expected', url);
    if (headers['content-encoding'] && headers['content-encoding'] !== 'identity')
      throw protocolError(`the file came as ${headers['content-encoding']}, which was not asked for`, url);
    this.expected ??= contentOf(answer, url);
    if (!this.partial) this.takePartial(this.expected);
    // Whoever sends the whole file again is believed; a part of another one is not.
    if (status === 200 || rangeStart(headers['content-range']) !== this.received) this.restart(status === 206);
    this.etag = strongEtag(headers.etag);
    const handle = await open(this.partialFile, 'a');
    try {
      await this.append(handle, { body, url, size: this.expected.size });
    } finally {
      await handle.close();
    }
    const { size } = this.expected;
    if (this.received === size) return;
    // A body that is as long as its own header says is whole, and another file.
    if (status === 200 && headers['content-length'] === String(this.received))
      this.startAgain(`${this.received} bytes in place of ${size}`);
    throw new FailedAttempt(`${url.host} sent ${this.received} of ${size} bytes and closed the connection`);
  }

  private async append(
    handle: FileHandle,
    { body, url, size }: { readonly body: HubAnswer['body']; readonly url: URL; readonly size: number },
  ): Promise<void> {
    const { client, signal, onBytes } = this.options;
    const pace = new DownloadPace(url.host, client.timeoutMs, PROGRESS_BYTES);
    try {
      for await (const chunk of body) {
        const bytes = chunk as Buffer;
        if (this.received + bytes.length > size) throw new WrongContent(`more than the ${size} bytes it should have`);
        await handle.appendFile(bytes);
        this.received += bytes.length;
        onBytes?.(this.received);
        pace.note(bytes.length);
        signal?.throwIfAborted();
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof WrongContent) return this.startAgain(error.message);
      if (error instanceof FailedAttempt) throw error;
      if (isDiskError(error)) throw error;
      throw new FailedAttempt(`the connection to ${url.host} broke after ${this.received} of ${size} bytes`);
    }
  }

  /** Checks the hash over the whole file, also over what an earlier process had received. */
  private async finish(): Promise<void> {
    const { path } = this.target;
    const { partialFile: partial, expected } = this;
    if (!expected) throw new TypeError('nothing was received');
    const hash = startHash(expected);
    await feed(hash, partial);
    if (hash.digest('hex') !== contentName(expected)) return this.startAgain('its hash is wrong');
    if (isLfsPointer(partial)) {
      this.drop();
      throw pointerError(this.target);
    }
    const handle = await open(partial, 'r+');
    await handle.sync().finally(() => handle.close());
    makeFolder(dirname(path));
    renameSync(partial, path);
  }

  /** Wrong bytes are thrown away. Once they may be the remains of something else; a second time the server is wrong. */
  private startAgain(reason: string): never {
    const { url, file } = this.target;
    if (isLfsPointer(this.partialFile)) {
      this.drop();
      throw pointerError(this.target);
    }
    this.restart(false);
    this.restarts++;
    if (this.restarts < 2) throw new FailedAttempt(`${file.path}: ${reason}`);
    this.drop();
    throw protocolError(`${file.path} is not what the hub announced: ${reason}`, url);
  }

  private restart(isPart: boolean): void {
    if (this.received > 0) truncateSync(this.partialFile, 0);
    this.received = 0;
    if (isPart) throw new FailedAttempt('the server sent another part than was asked for');
  }

  private takePartial(expected: ExpectedContent): void {
    const { path, size } = takePartialFile(this.target.partialFolder, contentName(expected));
    this.partial = path;
    this.received = size;
    if (size > expected.size) this.restart(false);
  }

  /** Where what was received lies. */
  private get partialFile(): string {
    if (this.partial === undefined) throw new TypeError('nothing was received');
    return this.partial;
  }

  private drop(): void {
    rmSync(this.partialFile, { force: true });
  }
}

class WrongContent extends Error {}

async function feed(hash: Hash, path: string): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 4 * 1024 * 1024 })) hash.update(chunk as Buffer);
}

/** Length and hash as the answer gives them, for hubs whose listing lacks them. */
function contentOf({ headers, hubHeaders, status }: HubAnswer, url: URL): ExpectedContent {
  const length = hubHeaders['x-linked-size'] ?? (status === 200 ? headers['content-length'] : undefined);
  const etag = String(hubHeaders['x-linked-etag'] ?? hubHeaders.etag ?? '').replace(/^W\/|"/g, '');
  const size = /^\d{1,15}$/.test(String(length)) ? Number(length) : undefined;
  if (size !== undefined && /^[0-9a-f]{64}$/.test(etag)) return { size, sha256: etag };
  if (size !== undefined && /^[0-9a-f]{40}$/.test(etag)) return { size, gitSha1: etag };
  throw protocolError('the hub says neither length nor hash of the file, so it cannot be checked', url);
}

function rangeStart(contentRange: string | undefined): number {
  return Number(/^bytes (\d+)-/.exec(contentRange ?? '')?.[1] ?? Number.NaN);
}

function strongEtag(etag: string | undefined): string | undefined {
  return etag?.startsWith('"') ? etag : undefined;
}

function isDiskError(error: unknown): boolean {
  const { syscall, code } = error as NodeJS.ErrnoException;
  return syscall === 'write' || syscall === 'open' || code === 'ENOSPC';
}

function pointerError({ file, url }: DownloadTarget): RlpromptError {
  return new RlpromptError({
    code: 'E_HUB_LFS_POINTER',
    exit: 'data',
    message: `${file.path} came as a Git LFS pointer, a note of three lines in place of the file`,
    where: url.origin + url.pathname,
    kept: 'nothing of it is in the cache',
    next: 'the mirror lacks its large files: use another HF_ENDPOINT, or run git lfs pull there',
  });
}
