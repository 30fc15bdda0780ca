import type { RunConfigKey } from './run-config.js';

/** A setting that had another name up to version 0.1; flags without dashes. */
interface Renamed {
  readonly key: RunConfigKey;
  readonly flag: string;
  readonly formerKey: string;
  readonly formerFlag: string;
}

/** Old runs, configuration files, variables and scripts have the former names. Imports nothing: every command reads it. */
export const RENAMED_SETTINGS: readonly Renamed[] = [
  { key: 'objectives', flag: 'objective', formerKey: 'terms', formerFlag: 'term' },
  { key: 'promptLibrary', flag: 'prompt-library', formerKey: 'memory', formerFlag: 'memory' },
  { key: 'libraryPrompts', flag: 'library-prompts', formerKey: 'memoryPrompts', formerFlag: 'memory-prompts' },
  { key: 'resampling', flag: 'resampling', formerKey: 'redraws', formerFlag: 'redraws' },
];

/** What a setting is called now; a name that is none, or that never changed, stays as it is. */
export function currentKey(name: string): string {
  return RENAMED_SETTINGS.find(({ formerKey }) => formerKey === name)?.key ?? name;
}

/** All names of a setting, that of today first. */
export function namesOf(key: RunConfigKey): string[] {
  return [key, ...RENAMED_SETTINGS.flatMap((renamed) => (renamed.key === key ? [renamed.formerKey] : []))];
}

/** What a value is called now: `null`, the calibration over an empty input, meant nothing to a reader. */
export function currentValue(key: string, value: unknown): unknown {
  return key === 'calibrate' && value === 'null' ? 'content-free' : value;
}
