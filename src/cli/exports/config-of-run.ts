import type { Command } from 'commander';
import { currentSettings } from '../../config/removed-settings.js';
import { type ResolvedRunConfig, resolveRunConfig } from '../../config/resolve-run-config.js';
import type { RunConfigInput } from '../../config/run-config.js';
import { isDataFileName } from '../../data/read-table.js';
import type { RunStartEvent } from '../../events.js';
import { readRunSources } from '../options/config-options.js';
import type { CliContext } from '../output/context.js';

/** What belongs to the data of a run, and not to others. */
export const OF_THE_DATA: readonly (keyof RunConfigInput)[] = [
  'textColumn',
  'labelColumn',
  'splitColumn',
  'dev',
  'test',
  'labels',
  'verbalizer',
  'template',
  'manualPrompts',
  'out',
];

/**
 * The settings under which what a run found is evaluated: those of the run, weaker than what was typed. The user's own data
 * is read with the run's template, and with its labels and their words.
 */
export async function readConfigOfRun(
  command: Command,
  context: CliContext,
  task: string | undefined,
  runDir: string,
): Promise<ResolvedRunConfig> {
  const { readRunRecord } = await import('../../export/run-record.js');
  const { manifest, start } = readRunRecord(runDir);
  const ofRun = currentSettings(manifest.config);
  const { flags, ...others } = await readRunSources(command, context, task ?? ofRun.task);
  const known = task === undefined || task === ofRun.task ? ofRun : forOtherData(ofRun, task, start);
  return resolveRunConfig({ ...others, flags: { ...known, ...flags } });
}

function forOtherData(ofRun: RunConfigInput, task: string, start: RunStartEvent): Partial<RunConfigInput> {
  const others = Object.entries(ofRun).filter(([key]) => !OF_THE_DATA.includes(key as keyof RunConfigInput));
  const settings: Partial<RunConfigInput> = Object.fromEntries(others);
  if (!isDataFileName(task)) return settings;
  const words = start.labels.map((label, i) => [label, start.labelWords?.[i] ?? label]);
  return { ...settings, template: start.template, verbalizer: Object.fromEntries(words) };
}
