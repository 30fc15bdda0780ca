import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative, sep } from 'node:path';
import type { HubSettings } from '../../../src/lm/hub/hub-settings.js';

export const COMMIT = createHash('sha1').update('first').digest('hex');

interface StoredFile {
  readonly content: Buffer;
  readonly isLarge: boolean;
}

/** Takes over the answer to a request; undefined lets the server answer as the hub does. */
export type Interference = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * A server that behaves like the hub: a listing with lengths and hashes, small files sent at once, large ones by a
 * redirect to a second server with ranges and entity tags.
 */
export class FakeHub {
  readonly requests: { host: 'hub' | 'store'; url: string; headers: IncomingMessage['headers'] }[] = [];
  readonly files = new Map<string, StoredFile>();
  readonly revisions = new Map([['main', COMMIT]]);
  onHub: Interference = () => false;
  onStore: Interference = () => false;
  /** Changes the listing before it is sent. */
  listing: (siblings: Record<string, unknown>[]) => unknown[] = (siblings) => siblings;
  private readonly hub = createServer((request, response) => this.answerHub(request, response));
  private readonly store = createServer((request, response) => this.answerStore(request, response));

  static async start(folder: string, keep: (path: string) => boolean = () => true): Promise<FakeHub> {
    const fake = new FakeHub();
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue;
      const full = join(entry.parentPath, entry.name);
      const path = relative(folder, full).split(sep).join('/');
      if (keep(path)) fake.files.set(path, { content: readFileSync(full), isLarge: path.includes('onnx') });
    }
    await Promise.all([listen(fake.hub), listen(fake.store)]);
    return fake;
  }

  async close(): Promise<void> {
    for (const server of [this.hub, this.store]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  }

  get endpoint(): string {
    return `http://localhost:${portOf(this.hub)}`;
  }

  settings(folder: string, more: Partial<HubSettings> = {}): HubSettings {
    return {
      endpoint: new URL(this.endpoint),
      token: undefined,
      offline: false,
      modelsFolder: join(folder, 'models'),
      pythonCache: join(folder, 'python'),
      timeoutMs: 2000,
      retryMs: 1,
      ...more,
    };
  }

  asked(part: string): number {
    return this.requests.filter(({ url }) => url.includes(part)).length;
  }

  private answerHub(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push({ host: 'hub', url: request.url!, headers: request.headers });
    if (this.onHub(request, response)) return;
    const url = new URL(request.url!, this.endpoint);
    const api = /^\/api\/models\/org\/name\/revision\/(.+)$/.exec(url.pathname);
    const file = /^\/org\/name\/resolve\/([0-9a-f]{40})\/(.+)$/.exec(url.pathname);
    if (api) this.sendListing(decodeURIComponent(api[1]!), response);
    else if (file) this.sendFile(file[1]!, decodeURIComponent(file[2]!), request, response);
    else response.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end('Repository not found');
  }

  private sendListing(revision: string, response: ServerResponse): void {
    const known = [...this.revisions.values()].includes(revision) ? revision : this.revisions.get(revision);
    if (known === undefined) {
      response.writeHead(404, { 'x-error-code': 'RevisionNotFound' }).end();
      return;
    }
    const siblings = [...this.files].map(([rfilename, { content, isLarge }]) => ({
      rfilename,
      size: content.length,
      blobId: isLarge ? createHash('sha1').update('pointer').digest('hex') : gitSha1(content),
      ...(isLarge ? { lfs: { sha256: sha256(content), size: content.length, pointerSize: 130 } } : {}),
    }));
    const body = JSON.stringify({ id: 'org/name', sha: known, siblings: this.listing(siblings) });
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(body);
  }

  private sendFile(commit: string, path: string, request: IncomingMessage, response: ServerResponse): void {
    const file = this.files.get(path);
    if (!file || ![...this.revisions.values()].includes(commit)) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
    } else if (file.isLarge) {
      response
        .writeHead(302, {
          location: `http://127.0.0.1:${portOf(this.store)}/${sha256(file.content)}`,
          'x-linked-size': file.content.length,
          'x-linked-etag': `"${sha256(file.content)}"`,
        })
        .end('Found');
    } else sendContent(file.content, gitSha1(file.content), request, response);
  }

  private answerStore(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push({ host: 'store', url: request.url!, headers: request.headers });
    if (this.onStore(request, response)) return;
    const file = [...this.files.values()].find(({ content }) => sha256(content) === request.url!.slice(1));
    if (file) sendContent(file.content, sha256(file.content).slice(0, 32), request, response);
    else response.writeHead(404).end();
  }
}

/** Sends a file, or from where a range begins. */
export function sendContent(content: Buffer, tag: string, request: IncomingMessage, response: ServerResponse): void {
  const etag = `"${tag}"`;
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const condition = request.headers['if-range'];
  const headers = { etag, 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
  if (start === 0 || (condition !== undefined && condition !== etag)) {
    response.writeHead(200, { ...headers, 'content-length': content.length }).end(content);
  } else if (start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  } else {
    const range = `bytes ${start}-${content.length - 1}/${content.length}`;
    response.writeHead(206, { ...headers, 'content-range': range, 'content-length': content.length - start });
    response.end(content.subarray(start));
  }
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function gitSha1(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

function listen(server: Server): Promise<void> {
  return new Promise((done) => server.listen(0, 'localhost', done));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
