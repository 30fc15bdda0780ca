import type { Calibration, WordSource } from '../classifier/classifier.js';
import { isEndpointName } from '../lm/endpoint/endpoint-name.js';
import type { LanguageModel } from '../lm/model/types.js';
import { largest } from '../statistics/extremes.js';
import type { Task } from '../task/types.js';
import type { RunConfig } from './run-config.js';

/** How answers are read, where that is no longer left open. */
interface ReadingSettings {
  readonly calibrate: Calibration;
  readonly labelWords: WordSource;
}

/** Settings of which none waits for the task. */
export type SettledConfig = Omit<RunConfig, keyof ReadingSettings> & ReadingSettings;

/** Settings of which none waits for the target LM either. */
export type FullySettledConfig<Settings extends SettledConfig = SettledConfig> = Omit<Settings, 'demos'> & {
  readonly demos: number;
};

export interface TaskDefaults extends ReadingSettings {
  /** Why, as `config print --sources` says it. */
  readonly why: string;
}

/** Words found on fewer rows of a label say more of the rows than of the label. */
const LEAST_ROWS_PER_LABEL = 8;
/** Rows over which a prompt's preference for a label can be told from the rows' own. */
const LEAST_BATCH = 30;

/** How answers are read where the settings leave it to the task and its target LM (docs/explanation/reading.md). */
export function defaultsFor(
  { kind, labels, splits }: Pick<Task, 'kind' | 'labels' | 'splits'>,
  { target, inputConditioned, racing, examplesPerStep }: RunConfig,
): TaskDefaults {
  const raw = (why: string): TaskDefaults => ({ calibrate: 'none', labelWords: 'given', why });
  if (kind !== 'classification') return raw(`${kind} task`);
  if (isEndpointName(target)) return raw('target behind an endpoint');
  if (inputConditioned) return raw('inputConditioned');
  if (racing) return raw('racing');
  if (examplesPerStep !== undefined) return raw('examplesPerStep');
  const { train, test } = splits;
  if (train.length === 0) {
    return test.length < LEAST_BATCH
      ? raw('few rows')
      : { calibrate: 'batch', labelWords: 'given', why: 'classification without train rows' };
  }
  const least = rowsOfRarest(labels, train);
  return least < LEAST_ROWS_PER_LABEL
    ? { calibrate: 'inputs', labelWords: 'given', why: `classification, ${least} train rows of a label` }
    : { calibrate: 'inputs', labelWords: 'both', why: 'classification' };
}

/** The settings with the defaults that the task decides. Label scores that are read raw are read by the given words. */
export function settleConfig(config: RunConfig, task: Pick<Task, 'kind' | 'labels' | 'splits'>): SettledConfig {
  const ours = defaultsFor(task, config);
  const calibrate = config.calibrate === 'auto' ? ours.calibrate : config.calibrate;
  const words = calibrate === 'none' ? 'given' : ours.labelWords;
  return { ...config, calibrate, labelWords: config.labelWords === 'auto' ? words : config.labelWords };
}

/** Demonstrations by default; with more labels they are too long. */
const DEMOS_PER_LABEL = 2;
const MOST_LABELS = 8;
/** Tokens left beside demonstrations for prompts and label words. */
const ROOM_BESIDE_DEMOS = 128;

/** Train rows before each input, where the settings leave it open: a few, if the target LM can read them (docs/explanation/reading.md). */
export function settleDemos<Settings extends SettledConfig>(
  config: Settings,
  { labels, splits: { train } }: Pick<Task, 'labels' | 'splits'>,
  { family, tokenizer, contextLength }: Pick<LanguageModel, 'family' | 'tokenizer' | 'contextLength'>,
): FullySettledConfig<Settings> {
  const { demos } = config;
  if (demos !== 'auto') return { ...config, demos };
  const isAble = family === 'causal' && tokenizer !== undefined && mayTakeDemos(config, { labels, splits: { train } });
  if (!isAble) return { ...config, demos: 0 };
  const longest = largest(train.map(({ text }) => tokenizer.encode(text).length));
  const fitting = Math.floor((contextLength - ROOM_BESIDE_DEMOS) / longest) - 1;
  const perLabel = Math.min(DEMOS_PER_LABEL, Math.floor(fitting / labels.length));
  return { ...config, demos: Math.max(0, perLabel) * labels.length };
}

/** Whether settings and data leave room for demonstrations, whatever the target LM. */
export function mayTakeDemos(
  { demos, calibrate, chat }: Pick<SettledConfig, 'demos' | 'calibrate' | 'chat'>,
  { labels, splits: { train } }: { readonly labels: Task['labels']; readonly splits: Pick<Task['splits'], 'train'> },
): boolean {
  if (demos !== 'auto') return demos > 0;
  const fits = calibrate === 'inputs' && !chat && labels.length <= MOST_LABELS;
  return fits && rowsOfRarest(labels, train) >= LEAST_ROWS_PER_LABEL;
}

function rowsOfRarest(labels: Task['labels'], train: Task['splits']['train']): number {
  return Math.min(...labels.map((_, label) => train.filter((row) => row.label === label).length));
}
