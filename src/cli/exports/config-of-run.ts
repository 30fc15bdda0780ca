import type { Command } from 'commander';
import { readSetLayer } from '../../config/config-layers.js';
import { currentSettings } from '../../config/removed-settings.js';
import { completeRunConfig, type ResolvedRunConfig, resolveRunConfig } from '../../config/resolve-run-config.js';
import type { RunConfigInput, RunConfigKey } from '../../config/run-config.js';
import { isDataFileName } from '../../data/read-table.js';
import type { RunStartEvent } from '../../events.js';
import type { LearnedRun } from '../../run/prepare/refuse-learned-rows.js';
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
  // How many prompts a run put together says nothing of how many are scored now.
  const { ensemble: _, ...ofRun } = currentSettings(manifest.config);
  const { flags, ...others } = await readRunSources(command, context, task ?? ofRun.task);
  const known = task === undefined || task === ofRun.task ? ofRun : forOtherData(ofRun, task, start);
  const typed = readSetLayer(others.set ?? [], others.env ?? {}, []);
  const inherited = Object.entries(known).filter(([key]) => !typed.has(key as RunConfigKey));
  return resolveRunConfig({ ...others, flags: { ...Object.fromEntries(inherited), ...flags } });
}

/** A run with the settings that it learned under. */
export async function learnedRun(runDir: string): Promise<LearnedRun> {
  const { readManifest } = await import('../../run/store/run-manifest.js');
  return { runDir, config: completeRunConfig(currentSettings(readManifest(runDir).config)) };
}

function forOtherData(ofRun: RunConfigInput, task: string, start: RunStartEvent): Partial<RunConfigInput> {
  const others = Object.entries(ofRun).filter(([key]) => !OF_THE_DATA.includes(key as keyof RunConfigInput));
  const settings: Partial<RunConfigInput> = Object.fromEntries(others);
  if (!isDataFileName(task)) return settings;
  const words = start.labels.map((label, i) => [label, start.labelWords?.[i] ?? label]);
  return { ...settings, template: start.template, verbalizer: Object.fromEntries(words) };
}
