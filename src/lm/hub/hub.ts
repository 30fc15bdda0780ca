import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { isThere } from '../../files/read/is-there.js';
import { makeFolder } from '../../files/write/make-folder.js';
import { findModelFolder } from '../model/model-folder.js';
import { expectedContent, isIntact } from './content-check.js';
import { downloadFile } from './download-file.js';
import { HttpClient } from './http-client.js';
import { fetchRevision, type HubFile, type HubRevision, hubUrl } from './hub-api.js';
import { HubCache } from './hub-cache.js';
import { formatHubName, type HubName, isCommit, parseHubName } from './hub-name.js';
import { type HubSettings, readHubSettings } from './hub-settings.js';
import { neededFiles } from './needed-files.js';
import { removeAbandoned } from './partial-file.js';
import { findInPythonCache } from './python-cache.js';

/** How far a download is. */
export interface DownloadProgress {
  readonly model: string;
  readonly file: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

export interface HubOptions {
  readonly dtype?: string | undefined;
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Default: what the environment says. */
  readonly settings?: HubSettings;
}

/** A model of the hub on this machine. */
export interface HubModel {
  readonly id: string;
  readonly commit: string;
  readonly path: string;
  /** Bytes that had to be fetched; 0 where all was there. */
  readonly fetchedBytes: number;
}

/**
 * The folder of a model of the hub: from the cache where it is there, else downloaded. A branch or tag that was fetched
 * before stays the commit it was then, until `pullHubModel` asks again.
 */
export async function findHubModel(text: string, options: HubOptions = {}): Promise<HubModel> {
  const name = parseHubName(text);
  const settings = options.settings ?? readHubSettings(options.offline);
  const found = findCached(name, settings, options.dtype);
  if (found) return found;
  if (settings.offline) throw offlineError(name, settings);
  const commit = new HubCache(settings.modelsFolder).commitOf(name);
  return await inTurn(name, () => download(commit ? { ...name, revision: commit } : name, settings, options));
}

/** Fetches what a model needs; asks the hub again which commit a branch is, and checks the hash of what is there. */
export async function pullHubModel(text: string, options: HubOptions & { revision?: string } = {}): Promise<HubModel> {
  const name = parseHubName(text, options.revision);
  const settings = options.settings ?? readHubSettings(options.offline);
  if (settings.offline) throw offlineError(name, settings);
  return await inTurn(name, () => download(name, settings, { ...options, verify: true }));
}

/** The same model named with its commit, so that it stays what it is: from the cache, else the hub is asked. */
export async function pinHubName(text: string, options: HubOptions = {}): Promise<string> {
  const name = parseHubName(text);
  if (isCommit(name.revision)) return text;
  const settings = options.settings ?? readHubSettings(options.offline);
  const { commit } = findCached(name, settings, options.dtype) ?? (await findHubModel(text, options));
  return formatHubName({ id: name.id, revision: commit });
}

/** The folder of what is on this machine of a model, in whatever number formats. */
export function downloadedFolder(text: string, options: HubOptions = {}): string {
  const name = parseHubName(text);
  const settings = options.settings ?? readHubSettings(true);
  const cache = new HubCache(settings.modelsFolder);
  const commit = cache.commitOf(name);
  const own = commit === undefined ? undefined : cache.snapshot(name, commit);
  const path = own && isThere(own) ? own : findInPythonCache(settings.pythonCache, name)?.path;
  if (path === undefined) throw offlineError(name, settings);
  return path;
}

/** A model that is complete on this machine, without asking the hub. */
export function findCached(name: HubName, settings: HubSettings, dtype: string | undefined): HubModel | undefined {
  const cache = new HubCache(settings.modelsFolder);
  const commit = cache.commitOf(name);
  const listing = commit === undefined ? undefined : cache.listing(name, commit);
  if (listing) {
    const needed = neededFiles(listing.files, name, dtype);
    if (cache.missing(name, listing.commit, needed).length > 0) return undefined;
    return { id: name.id, commit: listing.commit, path: cache.snapshot(name, listing.commit), fetchedBytes: 0 };
  }
  const python = findInPythonCache(settings.pythonCache, name);
  return python && isUsable(python.path, dtype) ? { id: name.id, ...python, fetchedBytes: 0 } : undefined;
}

function isUsable(folder: string, dtype: string | undefined): boolean {
  try {
    findModelFolder(folder, dtype);
    return true;
  } catch (error) {
    if (error instanceof RlpromptError && error.exit === 'missingInput') return false;
    throw error;
  }
}

const running = new Map<string, Promise<unknown>>();

/** Downloads of one model in this process wait for each other: the second finds what the first has fetched. */
async function inTurn<T>({ id }: HubName, task: () => Promise<T>): Promise<T> {
  const before = running.get(id);
  const result = (async () => {
    await before?.catch(() => undefined);
    return await task();
  })();
  running.set(id, result);
  try {
    return await result;
  } finally {
    if (running.get(id) === result) running.delete(id);
  }
}

async function download(
  name: HubName,
  settings: HubSettings,
  options: HubOptions & { verify?: boolean },
): Promise<HubModel> {
  const cache = new HubCache(settings.modelsFolder);
  const client = new HttpClient(settings);
  try {
    const revision = await fetchRevision(client, settings, name, options.signal);
    const needed = neededFiles(revision.files, name, options.dtype);
    if (options.verify) await setAsideDamaged(cache, name, revision, needed);
    const missing = cache.missing(name, revision.commit, needed);
    const fetchedBytes = missing.reduce((sum, { size = 0 }) => sum + size, 0);
    prepareFolder(cache, name, fetchedBytes);
    await fetchFiles(missing, { cache, client, name, revision, settings, options });
    cache.remember(name, revision);
    removeAbandoned(cache.partialFolder(name));
    return { id: name.id, commit: revision.commit, path: cache.snapshot(name, revision.commit), fetchedBytes };
  } catch (error) {
    throw asWriteError(error, settings.modelsFolder);
  } finally {
    await client.close();
  }
}

interface FetchJob {
  readonly cache: HubCache;
  readonly client: HttpClient;
  readonly name: HubName;
  readonly revision: HubRevision;
  readonly settings: HubSettings;
  readonly options: HubOptions;
}

async function fetchFiles(files: readonly HubFile[], job: FetchJob): Promise<void> {
  const { cache, client, name, revision, settings, options } = job;
  const { signal, onProgress } = options;
  for (const file of files) {
    // Another process may have put it there in the meantime.
    if (cache.missing(name, revision.commit, [file]).length === 0) continue;
    cache.setAside(name, revision.commit, file.path);
    const path = cache.pathOf(name, revision.commit, file.path);
    const way = file.path.split('/').map(encodeURIComponent).join('/');
    const url = hubUrl(settings, `${name.id}/resolve/${revision.commit}/${way}`);
    const onBytes = (receivedBytes: number) =>
      onProgress?.({ model: name.id, file: file.path, receivedBytes, totalBytes: file.size ?? receivedBytes });
    const target = { url, file, path, partialFolder: cache.partialFolder(name) };
    await downloadFile(target, { client, retryMs: settings.retryMs, signal, onBytes });
  }
}

async function setAsideDamaged(
  cache: HubCache,
  name: HubName,
  { commit }: HubRevision,
  files: readonly HubFile[],
): Promise<void> {
  const absent = new Set(cache.missing(name, commit, files));
  for (const file of files) {
    const expected = expectedContent(file);
    if (absent.has(file) || !expected) continue;
    if (!(await isIntact(cache.pathOf(name, commit, file.path), expected))) cache.setAside(name, commit, file.path);
  }
}

/** Some space is left for everyone else. */
const SPARE_BYTES = 64 * 1024 * 1024;

function prepareFolder(cache: HubCache, name: HubName, neededBytes: number): void {
  const folder = cache.partialFolder(name);
  makeFolder(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (neededBytes === 0 || free >= neededBytes + SPARE_BYTES) return;
  throw new RlpromptError({
    code: 'E_DISK_SPACE',
    exit: 'io',
    message: `the model takes ${megabytes(neededBytes)} MB, the disk has ${megabytes(free)} MB left`,
    where: folder,
    kept: 'nothing was downloaded',
    next: 'rlprompt models remove frees space; RLPROMPT_CACHE_DIR names another disk; --dtype q4 is smaller',
  });
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function offlineError(name: HubName, settings: HubSettings): RlpromptError {
  const cache = new HubCache(settings.modelsFolder);
  return new RlpromptError({
    code: 'E_HUB_OFFLINE',
    exit: 'unavailable',
    message: `${formatHubName(name)} is not complete on this machine, and the hub is not asked here`,
    where: join(cache.repository(name), cache.commitOf(name) ?? ''),
    next: `where there is a network: rlprompt models pull ${formatHubName(name)}; or put config.json, tokenizer.json and onnx/ into a folder and name that`,
  });
}

/** A disk that is full or not ours is a plain mistake, not a fault of the program. */
function asWriteError(error: unknown, folder: string): unknown {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (error instanceof RlpromptError || syscall === undefined) return error;
  const isDenied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR';
  return new RlpromptError({
    code: isDenied ? 'E_CANNOT_CREATE' : 'E_IO',
    exit: isDenied ? 'cannotCreate' : 'io',
    message: `the download cannot be written (${code})`,
    where: path ?? folder,
    kept: 'the models that were there',
    next: 'set RLPROMPT_CACHE_DIR to a folder with room that can be written',
    cause: error,
  });
}
