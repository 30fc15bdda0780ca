import type { Command } from 'commander';
import { readSetLayer } from '../../config/config-layers.js';
import { currentSettings } from '../../config/removed-settings.js';
import { type ResolvedRunConfig, resolveRunConfig } from '../../config/resolve-run-config.js';
import type { RunConfigInput, RunConfigKey } from '../../config/run-config.js';
import type { EvaluateOptions } from '../../evaluate.js';
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

export interface ConfigOfRun extends ResolvedRunConfig {
  /** The settings of the run. */
  readonly inRun: RunConfigInput;
  /** What the command line says. */
  readonly typed: ReadonlySet<RunConfigKey>;
  /** How the run reads rows to classify, as far as nothing else was typed. */
  readonly ofRun: EvaluateOptions['ofRun'];
  /** Which of the run's own rows are scored, where that was typed. */
  readonly only: EvaluateOptions['only'];
}

/**
 * The settings under which what a run found is evaluated: those of the run, weaker than what was typed. Rows of any task
 * are read by the run's labels and their words, and those of another one with its template.
 */
export async function readConfigOfRun(
  command: Command,
  context: CliContext,
  task: string | undefined,
  runDir: string,
): Promise<ConfigOfRun> {
  const { readRunRecord } = await import('../../export/run-record.js');
  const { manifest, start } = readRunRecord(runDir);
  const inRun = currentSettings(manifest.config);
  const { flags, ...others } = await readRunSources(command, context, task ?? inRun.task);
  const typed = new Set([...Object.keys(flags ?? {}), ...readSetLayer(others.set ?? [], others.env ?? {}, []).keys()]);
  const isOwn = task === undefined || task === inRun.task;
  // How many prompts a run put together says nothing of how many are scored now.
  const left: readonly string[] = ['ensemble', ...(isOwn ? [] : OF_THE_DATA), ...typed];
  const normalise = inRun.normalise ?? start.normalise ?? 'none';
  // Said even where the run took what its task has: a configuration file of today must not say it.
  const known = start.kind === 'classification' ? { ...inRun, normalise } : inRun;
  const inherited = Object.entries(known).filter(([key]) => !left.includes(key));
  const { config, sources } = resolveRunConfig({ ...others, flags: { ...Object.fromEntries(inherited), ...flags } });
  // A run's data is split by the labels that it kept: its own rows are chosen from after that.
  const chooses = task === undefined && typed.has('labels');
  return {
    config: chooses ? { ...config, labels: inRun.labels } : config,
    sources,
    only: chooses ? config.labels : undefined,
    inRun,
    typed: typed as ReadonlySet<RunConfigKey>,
    ofRun:
      start.kind === 'classification'
        ? {
            labels: typed.has('verbalizer') ? undefined : labelsOf(start),
            template: isOwn || typed.has('template') ? undefined : start.template,
          }
        : undefined,
  };
}

function labelsOf({ labels, labelWords = labels, labelWordSets }: RunStartEvent) {
  return labels.map((name, i) => {
    const words = labelWordSets?.[i] ?? [];
    return { name, word: labelWords[i] ?? name, ...(words.length > 1 ? { words } : {}) };
  });
}
