import type * as z from 'zod';
import { plainExpectation } from '../plain-issue.js';
import {
  definitionOf,
  EXCLUSIVE_SETTINGS,
  REPLAY_TRAINERS,
  type TrainerName,
  trainerOfLoss,
} from '../trainers/trainer-table.js';
import {
  type ConfigLayer,
  readEnvLayer,
  readFileLayer,
  readFlagLayer,
  readProgramLayer,
  readSetLayer,
  type SourcedValue,
} from './config-layers.js';
import { findRuleViolations } from './cross-field-rules.js';
import type { ConfigFile } from './files/config-file.js';
import { LIST_FILES, type ListFileKey } from './files/list-files.js';
import {
  optionMeta,
  RUN_CONFIG_KEYS,
  type RunConfig,
  type RunConfigInput,
  type RunConfigKey,
  runConfigSchema,
} from './run-config.js';
import { PRESETS, type PresetName } from './settings/presets.js';
import { type ConfigProblem, refuseProblems, showValue } from './values/config-problem.js';
import { readLengths } from './values/prompt-length.js';

/** Where settings come from, the strongest first: flags, `set`, env, file, then the preset and the defaults. */
export interface RunConfigSources {
  /** By key; texts are read as the setting asks. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** `key=value` each. */
  readonly set?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly file?: ConfigFile | undefined;
}

export interface ResolvedRunConfig {
  readonly config: RunConfig;
  /** For every key that has a value: a flag, a variable, file:line:column, a preset, another key, or `default`. */
  readonly sources: Readonly<Partial<Record<RunConfigKey, string>>>;
}

/**
 * Merges and checks the settings of a run.
 * @throws RlpromptError E_CONFIG naming all problems together.
 */
export function resolveRunConfig(given: RunConfigSources): ResolvedRunConfig {
  const { merged, problems } = mergeSources(given);
  return finish(merged, problems);
}

/** Settings in effect where a task may still be missing. */
export interface ResolvedSettings extends Pick<ResolvedRunConfig, 'sources'> {
  readonly config: Omit<RunConfig, 'task'> & { readonly task?: RunConfig['task'] };
}

/** As `resolveRunConfig`, for a look at settings before there is a task. */
export function resolveSettings(given: RunConfigSources): ResolvedSettings {
  const { merged, problems } = mergeSources(given);
  if (merged.has('task')) return finish(merged, problems);
  merged.set('task', { value: 'none', source: 'none' });
  const resolved = finish(merged, problems);
  const { task: _task, ...config } = resolved.config;
  const { task: _source, ...sources } = resolved.sources;
  return { config, sources };
}

function mergeSources({ flags = {}, set = [], env = {}, file }: RunConfigSources): {
  readonly merged: ConfigLayer;
  readonly problems: ConfigProblem[];
} {
  const problems: ConfigProblem[] = [];
  const layers = [
    file ? readFileLayer(file, env, problems) : new Map(),
    readEnvLayer(env),
    readSetLayer(set, env, problems),
    readFlagLayer(flags),
  ];
  const merged: ConfigLayer = new Map(layers.flatMap((layer) => [...layer]));
  for (const layer of layers) problems.push(...hiddenProblems(layer, merged));
  return { merged, problems };
}

/** A wrong value is told also where a stronger source takes its place: it would come to light at another time. */
function hiddenProblems(layer: ConfigLayer, merged: ConfigLayer): ConfigProblem[] {
  return [...layer].flatMap(([key, given]) => {
    if (merged.get(key) === given) return [];
    const parsed = runConfigSchema.shape[key].safeParse(given.value);
    return toldIssues(parsed.error).map((issue) =>
      describeIssue({ ...issue, path: [key, ...issue.path] }, new Map([[key, given]])),
    );
  });
}

/**
 * Fills in preset and defaults of settings that a program gives.
 * @throws RlpromptError E_CONFIG naming all problems together.
 */
export function completeRunConfig(input: RunConfigInput): RunConfig {
  const problems: ConfigProblem[] = [];
  return finish(readProgramLayer(input, problems), problems).config;
}

function finish(layer: ConfigLayer, problems: ConfigProblem[]): ResolvedRunConfig {
  problems.push(...lengthConflicts(layer));
  addConsequences(layer);
  readListFiles(layer, problems);
  const input = Object.fromEntries([...layer].map(([key, { value }]) => [key, value]));
  const parsed = runConfigSchema.safeParse(input);
  problems.push(...toldIssues(parsed.error).map((issue) => describeIssue(issue, layer)));
  if (parsed.success) problems.push(...findRuleViolations(parsed.data));
  refuseProblems(problems, layer.has('task') ? undefined : 'rlprompt tasks lists the built-in tasks');
  const config = parsed.data!;
  const given = RUN_CONFIG_KEYS.filter((key) => config[key] !== undefined);
  return { config, sources: Object.fromEntries(given.map((key) => [key, layer.get(key)?.source ?? 'default'])) };
}

/** Style transfer: two inputs a step, each with four prompts; prompts to be ranked meet all inputs, which is much writing. */
const STYLE_TRANSFER_INPUTS = 2;
const STYLE_TRANSFER_DEFAULTS = { promptsPerStep: 8, evaluationCandidates: 2 };
/** A policy that reads inputs: prompts for each input of a step, as published; a prompt costs one forward an input. */
const PROMPTS_PER_INPUT = 4;
const CONDITIONED_INPUTS = 4;
/** A reward of one input says less than one of all: at 5e-3 and 0,10 ten steps leave little to explore. */
const CONDITIONED_LOG_VARIANCE = { learningRate: 1e-3, rewardTo: [0, 5] };
/** The width that style transfer was published with; at it, the log-variance loss knows one prompt after one update. */
const STYLE_TRANSFER_SOFT_Q = { ...STYLE_TRANSFER_DEFAULTS, rewardTo: [-20, 80] };

/** Where log-variance ends that begins at the default's `rewardTo`: three times as wide. */
const COOLED = [0, 30];

/** A range of lengths holds the shortest already. */
function lengthConflicts(layer: ConfigLayer): ConfigProblem[] {
  const range = layer.get('promptLength')?.value;
  const [shortest] = readLengths(range) ?? [];
  const given = layer.get('minPromptLength');
  if (shortest === undefined || !given || Number(given.value) === shortest) return [];
  return [
    { message: `minPromptLength ${showValue(given.value)} contradicts promptLength ${range}`, where: given.source },
  ];
}

/** What follows from the settings given: the preset's values, the trainer of a loss, the generator as target LM. */
function addConsequences(layer: ConfigLayer): void {
  const add = (key: RunConfigKey, given: SourcedValue) => {
    if (!layer.has(key)) layer.set(key, given);
  };
  const lengths = layer.get('promptLength');
  const [shortest] = readLengths(lengths?.value) ?? [];
  if (lengths && shortest !== undefined) layer.set('minPromptLength', { value: shortest, source: lengths.source });
  const loss = layer.get('loss')?.value;
  const trainer = layer.get('trainer')?.value;
  const trainerForLoss = typeof loss === 'string' ? trainerOfLoss(loss) : undefined;
  const lossOfTrainer = definitionOf(trainer as string)?.losses[0];
  if (trainerForLoss) add('trainer', { value: trainerForLoss, source: 'loss' });
  if (lossOfTrainer) add('loss', { value: lossOfTrainer, source: 'trainer' });
  const chosen = layer.get('trainer')?.value as TrainerName | undefined;
  const definition = chosen === undefined ? undefined : definitionOf(chosen);
  for (const key of definition ? EXCLUSIVE_SETTINGS : []) {
    const isNumber = optionMeta(key).form === 'number';
    if (isNumber && !(key in definition!.settings)) add(key, { value: 0, source: 'trainer' });
  }
  const name = layer.get('preset')?.value ?? 'default';
  const preset = Object.hasOwn(PRESETS, name as string) ? PRESETS[name as PresetName] : PRESETS.default;
  const ofRun = chosen ?? preset.trainer;
  const isOurs = preset !== PRESETS.paper;
  const isDefaultTrainer = isOurs && ofRun === 'log-variance';
  // The prior was measured with log-variance and one prompt for all examples.
  if (isOurs && (!isDefaultTrainer || layer.has('contentModel') || layer.get('inputConditioned')?.value === true)) {
    add('priorBeta', { value: 0, source: 'trainer' });
  }
  if (!REPLAY_TRAINERS.includes(ofRun)) {
    add('onCollapse', { value: 'warn', source: 'trainer' });
  }
  if (layer.get('inputConditioned')?.value === true) {
    if (!layer.has('contentModel')) add('inputsPerStep', { value: CONDITIONED_INPUTS, source: 'inputConditioned' });
    const inputs = layer.get('inputsPerStep')?.value ?? STYLE_TRANSFER_INPUTS;
    if (typeof inputs === 'number')
      add('promptsPerStep', { value: PROMPTS_PER_INPUT * inputs, source: 'inputConditioned' });
    for (const [key, value] of Object.entries(isDefaultTrainer ? CONDITIONED_LOG_VARIANCE : {})) {
      add(key as RunConfigKey, { value, source: 'inputConditioned' });
    }
  }
  if (layer.has('contentModel')) {
    const isSoftQ = ofRun === 'soft-q-learning';
    for (const [key, value] of Object.entries(isSoftQ ? STYLE_TRANSFER_SOFT_Q : STYLE_TRANSFER_DEFAULTS)) {
      add(key as RunConfigKey, { value, source: 'contentModel' });
    }
  }
  // Cooling was tried with free tokens and one prompt for all examples; elsewhere a policy has less entropy to lose.
  const isNarrowed = (['rewardTo', 'contentModel', 'fluentTopK'] as const).some((key) => layer.has(key));
  if (isDefaultTrainer && !isNarrowed) add('rewardToEnd', { value: COOLED, source: 'default' });
  const ofTrainer = isOurs ? definition?.defaults : undefined;
  for (const [key, value] of Object.entries(ofTrainer ?? {})) add(key as RunConfigKey, { value, source: 'trainer' });
  for (const [key, value] of Object.entries(preset)) {
    add(key as RunConfigKey, { value, source: preset === PRESETS.default ? 'default' : `preset ${name}` });
  }
  const generator = layer.get('generator');
  if (generator) add('target', { value: generator.value, source: 'generator' });
}

/** Lists that were given as the path of a file are read here, so that the schema reads none. */
function readListFiles(layer: ConfigLayer, problems: ConfigProblem[]): void {
  for (const [key, { read, expected }] of Object.entries(LIST_FILES) as [
    ListFileKey,
    (typeof LIST_FILES)[ListFileKey],
  ][]) {
    const given = layer.get(key);
    if (typeof given?.value !== 'string') continue;
    try {
      layer.set(key, { ...given, value: read(given.value) });
    } catch (error) {
      const what = `${expected} (${(error as Error).message})`;
      problems.push({ message: `${key}: got ${showValue(given.value)}, expected ${what}`, where: given.source });
      layer.delete(key);
    }
  }
}

/** One issue per place. Of two bounds the setting's own comes last; what breaks a bound only by being of another kind is not told. */
function toldIssues(error: z.ZodError | undefined): z.core.$ZodIssue[] {
  const told = new Map<string, z.core.$ZodIssue>();
  for (const issue of error?.issues ?? []) {
    const path = String(issue.path);
    if (told.get(path)?.code !== 'invalid_type') told.set(path, issue);
  }
  return [...told.values()];
}

function describeIssue(issue: z.core.$ZodIssue, layer: ConfigLayer): ConfigProblem {
  const key = issue.path[0] as RunConfigKey;
  const given = layer.get(key);
  const path = issue.path.join('.');
  if (!given) return { message: `${path} is missing` };
  const hint =
    key === 'seed' && /^\d+(,\d+)+$/.test(String(given.value)) ? `; several seeds: --seeds ${given.value}` : '';
  return {
    message: `${path}: got ${showValue(given.value)}, expected ${plainExpectation(issue)}${hint}`,
    where: given.source,
  };
}
