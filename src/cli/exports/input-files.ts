import { optionMeta, RUN_CONFIG_KEYS, type RunConfig } from '../../config/run-config.js';
import { dataFilesOf } from '../../task/load/load-task.js';

/** The files that settings name, data above all: what a command writes must not be one of them. */
export function inputFiles(config: RunConfig): string[] {
  const named = RUN_CONFIG_KEYS.filter((key) => optionMeta(key).path).map((key) => config[key]);
  return [...named, ...Object.values(dataFilesOf(config.task) ?? {})].filter((file) => typeof file === 'string');
}
