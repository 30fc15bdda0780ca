import * as z from 'zod';
import { DownloadPace } from './download-pace.js';
import { Attempts, FailedAttempt } from './failed-attempt.js';
import type { HttpClient } from './http-client.js';
import { protocolError } from './hub-errors.js';
import { formatHubName, type HubName, isCommit } from './hub-name.js';
import type { HubSettings } from './hub-settings.js';

/** A file of a repository; what the hub does not say of it is said by the answer that brings it. */
export interface HubFile {
  readonly path: string;
  readonly size?: number | undefined;
  /** Of the content, for files kept in large file storage. */
  readonly sha256?: string | undefined;
  /** git's own hash of the content, for the others. */
  readonly gitSha1?: string | undefined;
}

/** A repository at one commit. */
export interface HubRevision {
  readonly commit: string;
  readonly files: readonly HubFile[];
}

const LARGEST_LISTING = 32 * 1024 * 1024;

const sha256 = z.string().regex(/^(sha256:)?[0-9a-f]{64}$/);
const listingSchema = z.object({
  sha: z.string().refine(isCommit),
  siblings: z.array(
    z.object({
      rfilename: z.string().min(1).max(1000),
      size: z.int().min(0).nullish(),
      blobId: z
        .string()
        .regex(/^[0-9a-f]{40}$/)
        .nullish(),
      lfs: z.object({ sha256: sha256.nullish(), oid: sha256.nullish(), size: z.int().min(0) }).nullish(),
    }),
  ),
});

/** Asks the hub which commit a revision is and which files it holds. */
export async function fetchRevision(
  client: HttpClient,
  settings: HubSettings,
  name: HubName,
  signal?: AbortSignal,
): Promise<HubRevision> {
  const url = hubUrl(settings, `api/models/${name.id}/revision/${encodeURIComponent(name.revision)}`);
  url.searchParams.set('blobs', 'true');
  const attempts = new Attempts(url.href, settings.retryMs);
  for (;;) {
    try {
      return readListing(await fetchText(client, url, signal), url, name);
    } catch (error) {
      if (!(error instanceof FailedAttempt)) throw error;
      await attempts.after(error, signal);
    }
  }
}

/** An address below the hub's, which may itself have a path. */
export function hubUrl(settings: HubSettings, path: string): URL {
  return new URL(`${settings.endpoint.href.replace(/\/+$/, '')}/${path}`);
}

async function fetchText(client: HttpClient, url: URL, signal: AbortSignal | undefined): Promise<string> {
  const { headers, body } = await client.get(url, { accept: 'application/json' }, signal);
  if (!/\bjson\b/.test(headers['content-type'] ?? '')) {
    body.on('error', () => {}).destroy();
    throw protocolError(`expected JSON, got ${headers['content-type'] ?? 'no content type'}`, url);
  }
  const chunks: Buffer[] = [];
  const pace = new DownloadPace(url.host, client.timeoutMs, LARGEST_LISTING);
  let size = 0;
  try {
    for await (const chunk of body) {
      size += (chunk as Buffer).length;
      if (size > LARGEST_LISTING) throw protocolError('the list of files is larger than 32 MB', url);
      chunks.push(chunk as Buffer);
      pace.note((chunk as Buffer).length);
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof FailedAttempt) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw code.startsWith('E_') ? error : new FailedAttempt(`the answer of ${url.host} was cut short (${code})`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readListing(text: string, url: URL, name: HubName): HubRevision {
  const parsed = listingSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw protocolError(`the list of files is not what the hub sends: ${issue?.path.join('.')} ${issue?.message}`, url);
  }
  const { sha, siblings } = parsed.data;
  if (isCommit(name.revision) && sha !== name.revision)
    throw protocolError(`asked for ${formatHubName(name)}, got commit ${sha}`, url);
  const files = siblings.map(({ rfilename, size, blobId, lfs }): HubFile => {
    const content = (lfs?.sha256 ?? lfs?.oid)?.replace('sha256:', '');
    return {
      path: rfilename,
      size: lfs?.size ?? size ?? undefined,
      sha256: content,
      gitSha1: lfs ? undefined : (blobId ?? undefined),
    };
  });
  return { commit: sha, files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
