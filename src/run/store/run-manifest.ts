import { join } from 'node:path';
import * as z from 'zod';
import { RlpromptError } from '../../errors.js';
import { type FileSystem, nodeFileSystem } from '../../files/file-system.js';
import { readText } from '../../files/read/read-file.js';
import { strictJson } from '../../files/strict-json.js';
import { atomicWrite } from '../../files/write/atomic-write.js';
import { plainIssue } from '../../plain-issue.js';
import { requireRun } from './run-folder.js';

export const MANIFEST_VERSION = 1;

const MANIFEST = z.looseObject({
  schemaVersion: z.literal(MANIFEST_VERSION),
  /** Versions of what computes: another one may round differently. */
  versions: z.record(z.string(), z.string()),
  /** Wall time at which the run began, ISO 8601. */
  created: z.string(),
  seed: z.number(),
  task: z.string(),
  generator: z.string(),
  targetLm: z.string(),
  /** sha256 by what was hashed; those named `data` or `data.…` are of data, the others of task and models. */
  digests: z.record(z.string(), z.string()),
  /** Threads of the policy's graphs: their sums round differently with another number. */
  threads: z.int().min(1).optional(),
  /** Every setting with its value, defaults filled in. */
  config: z.record(z.string(), z.unknown()),
});

/** `run.json`: all that a run depends on. */
export interface RunManifest {
  readonly schemaVersion: typeof MANIFEST_VERSION;
  readonly versions: Readonly<Record<string, string>>;
  readonly created: string;
  readonly seed: number;
  readonly task: string;
  readonly generator: string;
  readonly targetLm: string;
  readonly digests: Readonly<Record<string, string>>;
  readonly threads?: number | undefined;
  readonly config: Readonly<Record<string, unknown>>;
}

const FILE = 'run.json';

/** What runs did whose manifest has no `testSize`: they are older than these settings, whose defaults are others. */
const BEFORE = { testSize: 'all', truncate: 'tail' };

/** Writes `run.json`; from then on the folder is a run. */
export function writeManifest(runDir: string, manifest: RunManifest, fs: FileSystem = nodeFileSystem): void {
  atomicWrite(join(runDir, FILE), `${strictJson(manifest, 2)}\n`, fs);
}

/**
 * @throws RlpromptError `E_RUN_NOT_FOUND` or `E_NOT_A_RUN`, `E_MANIFEST` where it is damaged, `E_RUN_VERSION` where it
 *   is newer than this program
 */
export function readManifest(runDir: string): RunManifest {
  requireRun(runDir);
  const path = join(runDir, FILE);
  const value = readJson(path);
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > MANIFEST_VERSION) {
    throw new RlpromptError({
      code: 'E_RUN_VERSION',
      exit: 'data',
      message: `the run has format ${version}; this program reads up to ${MANIFEST_VERSION}`,
      where: path,
      kept: 'the run as it is',
      next: 'use the newer rlprompt that made it',
    });
  }
  const parsed = MANIFEST.safeParse(value);
  if (parsed.success) return 'testSize' in parsed.data.config ? parsed.data : asBefore(parsed.data);
  throw damaged(path, parsed.error.issues.map((issue) => plainIssue(issue, 'the file')).join('; '));
}

function asBefore(manifest: RunManifest): RunManifest {
  return { ...manifest, config: { ...BEFORE, ...manifest.config } };
}

function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(path, String(error));
  }
}

function damaged(path: string, reason: string): RlpromptError {
  return new RlpromptError({
    code: 'E_MANIFEST',
    exit: 'data',
    message: `run.json cannot be read: ${reason}`,
    where: path,
    kept: 'events.jsonl and best.json',
    next: 'restore run.json from a copy, or start a new run',
  });
}
