import { RlpromptError } from '../../errors.js';
import type { RunManifest } from './run-manifest.js';

/** Something a run depends on that is not as it was. */
export interface ManifestDifference {
  /** For instance `config.learningRate` or `digests.targetLm`. */
  readonly key: string;
  readonly old: unknown;
  readonly now: unknown;
  /** `environment`: the run can be resumed, but not bit-for-bit as before. */
  readonly kind: 'config' | 'data' | 'model' | 'environment';
}

/**
 * What differs between the manifest a run began with and what it would be now.
 *
 * @param mayChange config keys that a resume is free to change, such as limits
 */
export function compareManifest(
  old: RunManifest,
  now: RunManifest,
  mayChange: readonly string[] = [],
): ManifestDifference[] {
  const free = new Set(mayChange.map((key) => `config.${key}`));
  const before = flatten(comparable(old));
  const after = flatten(comparable(now));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => !free.has(key) && before.get(key) !== after.get(key))
    .map((key) => ({ key, old: parse(before.get(key)), now: parse(after.get(key)), kind: kindOf(key) }));
}

function comparable({
  versions,
  digests,
  config,
  seed,
  task,
  generator,
  targetLm,
}: RunManifest): Record<string, unknown> {
  return { versions, digests, config, seed, task, generator, targetLm };
}

function kindOf(key: string): ManifestDifference['kind'] {
  if (key.startsWith('versions.')) return 'environment';
  if (key === 'digests.data' || key.startsWith('digests.data.')) return 'data';
  return key.startsWith('digests.') ? 'model' : 'config';
}

/** Leaves by path, as JSON. Lists are compared whole: an element has no name that a user would know. */
function flatten(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([[path, JSON.stringify(value)]]);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return new Map(entries.flatMap(([key, item]) => [...flatten(item, path === '' ? key : `${path}.${key}`)]));
}

function parse(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}

/**
 * Refuses to resume where data, models or settings changed. What is left are changes of the environment, to be told
 * as a warning: the rest of the run is then not bit-for-bit what it would have been.
 *
 * @param advice what can be done beside putting back what changed
 * @throws RlpromptError `E_DATA_DRIFT` or `E_DRIFT`
 */
export function refuseDrift(differences: readonly ManifestDifference[], runDir: string, advice?: string): void {
  const serious = differences.filter(({ kind }) => kind !== 'environment');
  if (serious.length === 0) return;
  const isData = serious.every(({ kind }) => kind === 'data');
  throw new RlpromptError({
    code: isData ? 'E_DATA_DRIFT' : 'E_DRIFT',
    exit: isData ? 'data' : 'config',
    message: `the run was started with something else: ${serious.map(describeDifference).join('; ')}`,
    where: runDir,
    kept: 'the run is unchanged',
    next: ['put back what changed', ...(advice === undefined ? [] : [advice]), 'or start a new run'].join(', '),
  });
}

/** `config.learningRate was 0.001, is 0.01` */
export function describeDifference({ key, old, now }: ManifestDifference): string {
  return `${key} was ${show(old)}, is ${show(now)}`;
}

function show(value: unknown): string {
  const text = value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 12)}…` : text;
}
