import { isDeepStrictEqual } from 'node:util';
import { currentSettings, refuseRemovedSettings } from '../../config/removed-settings.js';
import { completeRunConfig } from '../../config/resolve-run-config.js';
import type { RunConfig, RunConfigKey } from '../../config/run-config.js';
import { LIMIT_SETTINGS, PLACE_SETTINGS } from '../../config/settings-on-resume.js';
import { styleDigests } from '../../rewards/style/style-models.js';
import { shellWord } from '../../shell-word.js';
import type { Task } from '../../task/types.js';
import { readLatestCheckpoint, removeDamaged, type StoredCheckpoint } from '../checkpoint/checkpoint.js';
import type { SavedRun } from '../loop/saved-run.js';
import type { LockedFolder } from '../store/locked-folder.js';
import { removeScores } from '../store/logs/score-log.js';
import { compareManifest, describeDifference, type ManifestDifference, refuseDrift } from '../store/manifest-drift.js';
import { programVersions } from '../store/program-versions.js';
import { createRunFolder, openRunFolder } from '../store/run-folder.js';
import { MANIFEST_VERSION, type RunManifest, readManifest, writeManifest } from '../store/run-manifest.js';
import { refuseFinished } from './finished-run.js';
import type { RunModels } from './run-models.js';

/** Settings that a resumed run may have changed. */
const FREE_ON_RESUME: readonly RunConfigKey[] = [...LIMIT_SETTINGS, ...PLACE_SETTINGS, 'out'];

/** Threads of the policy's gradients, which a resumed run keeps. */
export function threadsBefore(resume: string | undefined): number | undefined {
  return resume === undefined ? undefined : readManifest(resume).threads;
}

/** The folder of a run: a new one, or that of the run to resume. */
export function takeFolder(config: RunConfig, task: Task, resume: string | undefined): LockedFolder {
  const now = new Date();
  if (resume === undefined)
    return createRunFolder({ task: task.name, now, ...(config.out === undefined ? {} : { out: config.out }) });
  const before = readManifest(resume);
  refuseRemovedSettings(before.config, resume);
  refuseFinished(resume, config, before);
  return openRunFolder(resume, { now });
}

function hasLimitsOf(config: Readonly<Record<string, unknown>>, before: RunManifest): boolean {
  return LIMIT_SETTINGS.every((key) => isDeepStrictEqual(config[key], before.config[key]));
}

/** What `run.json` says of a run. */
export function describeRun(config: RunConfig, task: Task, models: Omit<RunModels, 'usage' | 'notes'>): RunManifest {
  return {
    schemaVersion: MANIFEST_VERSION,
    versions: programVersions(),
    created: new Date().toISOString(),
    seed: config.seed,
    task: task.name,
    generator: models.generator.name,
    targetLm: models.targetLm.name,
    digests: {
      data: task.digest,
      generator: models.generator.digest,
      targetLm: models.targetLm.digest,
      ...styleDigests(models.styleModels),
      ...models.objectives?.digests(),
    },
    config: settingsOf(config),
  };
}

function settingsOf(config: RunConfig): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

/** What a run is resumed from. */
interface Resumed {
  /** Missing where the run was interrupted before its first. */
  readonly checkpoint: StoredCheckpoint | undefined;
  /** With other limits a schedule, for instance of the entropy, may proceed differently. */
  readonly hasSameLimits: boolean;
  /** Its scores are of another custom task, and none of them may be used. */
  readonly isOtherTask: boolean;
}

interface TaskOnResume {
  readonly isCustom: boolean;
  /** The user says that the task may be another. */
  readonly changedTask: boolean;
}

/** Refuses a run whose ground has shifted; raised limits are written into its manifest. */
export function checkResume(
  runDir: string,
  now: RunManifest,
  warnings: string[],
  { isCustom, changedTask }: TaskOnResume,
): Resumed {
  const before = readManifest(runDir);
  // A setting that an older version of the program did not know had its default then.
  const then = { ...before, config: settingsOf(completeRunConfig(currentSettings(before.config))) };
  const differences = compareManifest(then, now, FREE_ON_RESUME);
  const isOfTask = ({ kind }: ManifestDifference): boolean => isCustom && kind === 'data';
  const correct = `rlprompt resume ${shellWord(runDir)} --changed-task`;
  const advice = differences.every(isOfTask) ? `continue with the changed task: ${correct}` : undefined;
  refuseDrift(
    differences.filter((difference) => !changedTask || !isOfTask(difference)),
    runDir,
    advice,
  );
  for (const difference of differences)
    warnings.push(
      isOfTask(difference)
        ? 'the task has changed: baselines and best prompts are scored again; what the policy learned may not fit'
        : `the rest of the run is not bit-for-bit as before: ${describeDifference(difference)}`,
    );
  const latest = readLatestCheckpoint(runDir);
  const checkpoint = latest?.checkpoint;
  const isOtherTask = isCustom && taskOf(checkpoint, before) !== now.digests.data;
  // Before the manifest names the changed task: a run that is killed in between must not take its old scores for new ones.
  if (isOtherTask) removeScores(runDir);
  const data = changedTask && isCustom ? now.digests.data : before.digests.data;
  const digests = { ...before.digests, ...(data === undefined ? {} : { data }) };
  writeManifest(runDir, { ...before, threads: now.threads, config: now.config, digests });
  if (checkpoint) removeDamaged(runDir, checkpoint);
  warnings.push(...(latest?.warnings ?? []));
  return { checkpoint, hasSameLimits: hasLimitsOf(now.config, before), isOtherTask };
}

/** The digest of the task that the scores of a run are of. */
function taskOf(checkpoint: StoredCheckpoint | undefined, { digests }: RunManifest): string | undefined {
  return (checkpoint?.json as Partial<SavedRun> | undefined)?.taskDigest ?? digests.data;
}
