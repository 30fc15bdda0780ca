import { RlpromptError } from '../errors.js';
import { currentKey, currentValue } from './renamed-settings.js';
import type { RunConfigInput } from './run-config.js';

/** Settings that earlier versions had, by their flags; 0 switched them off, which was the default. */
const REMOVED: ReadonlyMap<string, string> = new Map([
  ['offspring', '--offspring'],
  ['screening', '--screen'],
]);

/** Why a setting is not known any more; undefined where it never was one. */
export function removalOf(key: string): string | undefined {
  const flag = REMOVED.get(key);
  return flag && `${key} (${flag}) was removed: it raised no test accuracy (docs/lab-notebook/log.md)`;
}

/** How answers were read before there was a choice: the defaults of today are for new runs. */
const BEFORE_THEY_EXISTED: Partial<RunConfigInput> = { calibrate: 'none', labelWords: 'given', demos: 0 };

/** The settings of a run that may be older than this version: what was removed is left out, what was renamed has its new name. */
export function currentSettings(config: Readonly<Record<string, unknown>>): RunConfigInput {
  const known = Object.entries(config)
    .filter(([key]) => !REMOVED.has(key))
    .map(([name, value]) => [currentKey(name), currentValue(currentKey(name), value)]);
  return { ...BEFORE_THEY_EXISTED, ...Object.fromEntries(known) } as unknown as RunConfigInput;
}

/**
 * Refuses to resume a run that used what was removed.
 * @throws RlpromptError E_SETTING_REMOVED
 */
export function refuseRemovedSettings(config: Readonly<Record<string, unknown>>, runDir: string): void {
  const key = [...REMOVED.keys()].find((name) => Boolean(config[name]));
  if (key === undefined) return;
  throw new RlpromptError({
    code: 'E_SETTING_REMOVED',
    exit: 'config',
    message: `the run has ${key} ${config[key]}, and ${removalOf(key)}`,
    where: runDir,
    kept: 'the run is unchanged: its report and exports still work',
    next: `resume it with rlprompt 0.1.0, or start a new run without ${REMOVED.get(key)}`,
  });
}
