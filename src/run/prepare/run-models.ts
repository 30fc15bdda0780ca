import type { RunConfig } from '../../config/run-config.js';
import { abortable } from '../../files/abortable.js';
import type { DownloadProgress } from '../../lm/hub/hub.js';
import { loadLanguageModel, pinModelName, requireCapability } from '../../lm/load.js';
import { describeUsage, type RemoteUsage } from '../../lm/model/remote-usage.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { type LoadedModel, notesOf } from '../../lm/onnx/run/model-parts.js';
import { targetOverQueue } from '../../queue/queue-target.js';
import { createObjectives } from '../../rewards/objectives/create-objectives.js';
import { WeightedObjectives } from '../../rewards/objectives/weighted-objectives.js';
import { loadStyleModels, STYLE_MODEL_SETTINGS, type StyleModels } from '../../rewards/style/style-models.js';
import type { Task } from '../../task/types.js';
import type { Generator } from '../../trainers/contract/settings.js';
import { modelOptions } from './model-options.js';

interface LoadOptions {
  readonly onNote?: ((note: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface PinOptions {
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A model of the hub is from here on what it is now, also when the run is resumed. */
export async function pinModels<Settings extends RunConfig>(
  config: Settings,
  { onProgress, signal }: PinOptions,
): Promise<Settings> {
  const { dtype, offline } = config;
  const pin = (name: string) => pinModelName(name, { dtype, offline, onProgress, signal });
  const pinned = { ...config, generator: await pin(config.generator), target: await pin(config.target) };
  for (const key of [...STYLE_MODEL_SETTINGS, 'judge'] as const) {
    const model = config[key];
    if (model !== undefined) pinned[key] = await pin(model);
  }
  return pinned;
}

export interface RunModels {
  readonly generator: LanguageModel;
  readonly targetLm: LanguageModel;
  readonly styleModels: StyleModels | undefined;
  /** Where the reward has several objectives. */
  readonly objectives: WeightedObjectives | undefined;
  /** What services and workers have done for them so far. */
  readonly usage: () => RemoteUsage[];
  /** What their user should know. */
  readonly notes: readonly string[];
}

/** Loads the models of a run; what gives them back goes to `closers`. */
export async function loadModels(
  config: RunConfig,
  task: Task,
  closers: (() => unknown)[],
  { onNote, signal }: LoadOptions,
): Promise<RunModels> {
  const options = modelOptions(config);
  const loaded: LoadedModel[] = [];
  const load = async (name: string, queue?: string): Promise<LanguageModel> => {
    const own = await abortable(loadLanguageModel(name, options), signal);
    const model = queue === undefined ? own : await targetOverQueue(own, queue);
    loaded.push(model);
    closers.push(() => model.dispose());
    const { usage } = model;
    if (usage) closers.push(() => onNote?.(describeUsage(usage())));
    return model;
  };
  const generator = await load(config.generator);
  const targetLm = await load(config.target, config.queue);
  const styleModels = await loadStyleModels(task, config, targetLm, load);
  const created = await createObjectives({ task, generator, targetLm, settings: config, load });
  const objectives = created.length > 0 ? new WeightedObjectives(created, config) : undefined;
  return { generator, targetLm, styleModels, objectives, usage: usageOf(loaded), notes: notesOf(loaded) };
}

function usageOf(models: readonly LoadedModel[]): () => RemoteUsage[] {
  return () => models.flatMap(({ usage }) => (usage ? [usage()] : []));
}

/** A language model as trainers take it. */
export function generatorOf(model: LanguageModel): Generator {
  const { name, contextLength } = model;
  return {
    name,
    contextLength,
    hiddenStates: requireCapability(model, 'hiddenStates'),
    tokenizer: model.tokenizer!,
  };
}
