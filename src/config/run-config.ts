import * as z from 'zod';
import { type OptionMeta, optionRegistry } from '../options/option.js';
import { ownersOf } from '../trainers/trainer-table.js';
import type { ListFileKey } from './files/list-files.js';
import { dataSettings } from './settings/data-settings.js';
import { evaluationSettings } from './settings/evaluation-settings.js';
import { limitSettings } from './settings/limit-settings.js';
import { modelSettings } from './settings/model-settings.js';
import { rewardSettings } from './settings/reward-settings.js';
import { runSettings } from './settings/run-settings.js';
import { searchSettings } from './settings/search-settings.js';

/**
 * Every setting of an optimisation. Flags, environment variables, the config file, its JSON Schema, `--help` and
 * completion all come from here. Keys are camelCase, flags the same in kebab-case.
 */
export const runConfigSchema = z.strictObject({
  ...dataSettings,
  ...modelSettings,
  ...limitSettings,
  ...searchSettings,
  ...rewardSettings,
  ...evaluationSettings,
  ...runSettings,
});

/** Settings with every default filled in. */
export type RunConfig = z.output<typeof runConfigSchema>;

/** Settings as a user gives them: only `task` must be there. */
export type RunConfigInput = Omit<z.input<typeof runConfigSchema>, ListFileKey> & {
  [K in ListFileKey]?: string | string[] | undefined;
};

export type RunConfigKey = keyof RunConfig;

export const RUN_CONFIG_KEYS = Object.keys(runConfigSchema.shape) as RunConfigKey[];

/** What flags, help and documentation say of a setting. */
export function optionMeta(key: RunConfigKey): OptionMeta {
  const meta = optionRegistry.get(runConfigSchema.shape[key])!;
  const owners = ownersOf(key);
  return owners ? { ...meta, description: `${meta.description} (${listed(owners)})` } : meta;
}

function listed(owners: readonly string[]): string {
  return owners.length === 1 ? `${owners[0]} only` : owners.join(', ');
}
