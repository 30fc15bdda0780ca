import { basename, join } from 'node:path';
import * as z from 'zod';
import { RlpromptError } from '../errors.js';
import { isThere } from '../files/read/is-there.js';
import { readText } from '../files/read/read-file.js';
import { strictJson } from '../files/strict-json.js';
import { atomicWrite } from '../files/write/atomic-write.js';
import { plainIssue } from '../plain-issue.js';
import { type LockedFolder, lockFolder } from '../run/store/locked-folder.js';
import { createRunFolder, refuseTakenFolder } from '../run/store/run-folder.js';
import { checkRunPath } from '../run/store/run-name.js';
import { shellWord } from '../shell-word.js';

const PLAN = z.strictObject({
  schemaVersion: z.literal(2),
  /** As it was given: a built-in name or a file. */
  environment: z.string(),
  /** sha256 of the environment's file. */
  environmentDigest: z.string(),
  model: z.string(),
  modelDigest: z.string(),
  /** Folders of earlier versions do not name it. */
  learner: z.enum(['ppo', 'mcts', 'memory', 'rememberer']).default('ppo'),
  seed: z.int().min(0),
  updates: z.int().min(1),
  episodes: z.int().min(1),
  learningRate: z.number().positive(),
  timeout: z.number().positive(),
});

/** `act.json`: all that learning to act depends on. */
export type ActPlan = z.output<typeof PLAN>;

const FILE = 'act.json';

/** A folder in which this process alone learns. */
export interface ActFolder extends LockedFolder {
  readonly plan: ActPlan;
}

/**
 * Refuses a folder that cannot be made or is taken, before a model is loaded for it.
 * @throws RlpromptError `E_RUN_NAME`, `E_CANNOT_CREATE`, `E_FOLDER_NOT_EMPTY`, `E_RUN_EXISTS`
 */
export function refuseTakenActFolder(out: string): void {
  checkRunPath(out);
  if (isThere(join(out, FILE))) {
    throw new RlpromptError({
      code: 'E_RUN_EXISTS',
      exit: 'cannotCreate',
      message: `something was learned in ${out} before`,
      where: '--out',
      kept: 'the folder is unchanged',
      next: `rlprompt act resume ${shellWord(out)}, or another --out`,
    });
  }
  refuseTakenFolder(out);
}

/** @throws RlpromptError as `createRunFolder` does */
export function createActFolder(out: string, plan: ActPlan, now: Date): ActFolder {
  const folder = createRunFolder({ task: 'act', out, now });
  writePlan(out, plan);
  return { ...folder, plan };
}

function writePlan(path: string, plan: ActPlan): void {
  atomicWrite(join(path, FILE), `${strictJson(plan, 2)}\n`);
}

/** @throws RlpromptError `E_NOT_A_RUN`, `E_MANIFEST`, `E_RUN_LOCKED` */
export function openActFolder(path: string, now: Date): ActFolder {
  const plan = readActPlan(path);
  return { ...lockFolder(path, { now }), plan };
}

/**
 * The folder with what it now depends on. Another environment is taken where nothing was learned in the one before it, or where
 * the user says so: what was learned may not fit.
 *
 * @throws RlpromptError `E_DATA_DRIFT`
 */
export function withFilesOf(
  folder: ActFolder,
  now: Pick<ActPlan, 'environmentDigest' | 'modelDigest'>,
  { mayChange, hasLearned }: { mayChange: boolean; hasLearned: boolean },
): ActFolder {
  const { plan, path } = folder;
  const isOther = now.environmentDigest !== plan.environmentDigest;
  const isRefused = isOther && hasLearned && !mayChange;
  if (now.modelDigest !== plan.modelDigest) {
    const both = isRefused ? `the environment ${plan.environment} and ` : '';
    throw drift(path, `${both}the model ${plan.model}`, 'restore the files, or start again with another --out');
  }
  if (isRefused) {
    const learnOn = `rlprompt act resume ${shellWord(path)} --changed-environment`;
    throw drift(
      path,
      `the environment ${plan.environment}`,
      `restore the file, or continue in the changed environment: ${learnOn}`,
    );
  }
  if (!isOther) return folder;
  const changed = { ...plan, environmentDigest: now.environmentDigest };
  writePlan(path, changed);
  return { ...folder, plan: changed };
}

function drift(path: string, what: string, next: string): RlpromptError {
  const message = `${what} changed since learning began`;
  return new RlpromptError({
    ...{ code: 'E_DATA_DRIFT', exit: 'data', message, where: path },
    ...{ kept: 'the folder is unchanged', next },
  });
}

/** @throws RlpromptError `E_NOT_A_RUN`, `E_MANIFEST` */
export function readActPlan(path: string): ActPlan {
  const file = join(path, FILE);
  if (!isThere(file)) {
    throw new RlpromptError({
      code: 'E_NOT_A_RUN',
      exit: 'missingInput',
      message: `${path} is not a folder of rlprompt act: it has no ${FILE}`,
      where: path,
      next: 'give the folder after --out of rlprompt act train',
    });
  }
  return readPart(file, PLAN);
}

/** @throws RlpromptError `E_MANIFEST` */
export function readPart<Part extends z.ZodType>(file: string, schema: Part): z.output<Part> {
  const text = readText(file);
  const name = basename(file);
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const fields = error instanceof z.ZodError ? error.issues : [];
    const why = fields.map((issue) => plainIssue(issue, 'all of it')).join('; ');
    throw new RlpromptError({
      code: 'E_MANIFEST',
      exit: 'data',
      message: `${name} cannot be read: ${why || 'it is not JSON'}; it is damaged, or of another version of the program`,
      where: file,
      kept: 'the folder is unchanged',
      next: `restore ${name} from a copy, or start again with another --out`,
      cause: error,
    });
  }
}
