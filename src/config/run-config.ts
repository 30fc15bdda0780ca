import * as z from 'zod';
import { isEncodingName } from '../data/decode-text.js';
import { type OptionMeta, optionRegistry, settingsOf } from '../options/option.js';
import { count, name, positive, range } from '../options/value-schemas.js';
import { LOSS_NAMES, ownersOf, TRAINER_NAMES, TRAINER_SETTINGS } from '../trainers/trainer-table.js';
import { DEVICES, EMBEDDED_MODEL } from './defaults.js';
import type { ListFileKey } from './files/list-files.js';
import { PRESET_NAMES, PRESETS } from './presets.js';
import { memory } from './values/memory-schema.js';
import { besideTask, OBJECTIVE_NAMES } from './values/objective-names.js';

const ours = PRESETS.default;
const data = settingsOf('Task and data');
const models = settingsOf('Models');
const limits = settingsOf('Limits');
const search = settingsOf('Search');
const reward = settingsOf('Reward');
const evaluation = settingsOf('Evaluation');
const run = settingsOf('Run');

/**
 * Every setting of an optimisation. Flags, environment variables, the config file, its JSON Schema, `--help` and
 * completion all come from here. Keys are camelCase, flags the same in kebab-case.
 */
export const runConfigSchema = z.strictObject({
  task: data.text(
    name,
    'TASK',
    'built-in task, data file (.csv .tsv .jsonl .json), folder with train.*, dev.*, test.*, or task file',
    {
      argument: true,
      path: true,
    },
  ),
  textColumn: data.text(name.optional(), 'NAME', 'column of a data file that holds the input text'),
  labelColumn: data.text(name.optional(), 'NAME', 'column of a data file that holds the label'),
  splitColumn: data.text(
    name.optional(),
    'NAME',
    'column of a data file that says train, dev or test (default: split, where there is one)',
  ),
  dev: data.text(name.optional(), 'FILE', 'data file of the dev split (default: drawn from the task’s file)', {
    path: true,
  }),
  test: data.text(name.optional(), 'FILE', 'data file of the test split (default: drawn from the task’s file)', {
    path: true,
  }),
  testSize: data.number(
    z.union([count, z.literal('all')]).default(1000),
    'N',
    'most rows of the test split to score, drawn by the seed, or all',
  ),
  labels: data.items(
    z.array(z.string().min(1)).min(2).optional(),
    '1,5',
    'label values of a data file to keep rows of (default: all)',
  ),
  verbalizer: data.record(
    z.record(z.string(), z.string().min(1)).optional(),
    '"0=terrible|bad,1=great"',
    'label values and the words for them, several with |; 1|2=bad joins values (default: the label itself)',
  ),
  template: data.text(
    z.string().min(1).optional(),
    'TEXT',
    'where {input}, {prompt} and {mask} go (default: the task’s, else by the model family)',
  ),
  labelSpace: data.text(
    z.enum(['auto', 'yes', 'no']).default('auto'),
    'WHEN',
    'a space before label words: yes, no, or auto = unless the template ends in a blank, a line break, an opening bracket or a script without spaces',
  ),
  manualPrompts: data.list(
    z.array(z.string()).default([]),
    'TEXT',
    'hand-written prompt to compare with, beside the task’s own; repeatable',
    { flag: 'manual-prompt' },
  ),
  shots: data.number(count.max(100_000).default(16), 'N', 'training and dev examples per label taken from a data file'),
  truncate: data.text(
    z.enum(['head', 'tail', 'middle']).optional(),
    'PART',
    'what an input longer than the target LM’s context loses (default: its tail, and an error where most inputs are)',
  ),
  onMissing: data.text(
    z.enum(['error', 'skip']).default('error'),
    'WHAT',
    'rows of a data file without a text or a label: refuse them, or leave them out',
  ),
  encoding: data.text(
    z
      .string()
      .refine(isEncodingName, 'expected auto, utf-8, utf-16le, windows-1252 or another encoding')
      .default('auto'),
    'NAME',
    'character encoding of a data file: auto, utf-8, utf-16le, windows-1252 and so on',
  ),
  allowControl: data.boolean(z.boolean().default(false), 'let a data file hold control characters'),
  skipBadRows: data.boolean(
    z.boolean().default(false),
    'leave out rows of a data file that have too few or too many columns',
  ),

  generator: models.text(
    name.default(EMBEDDED_MODEL),
    'MODEL',
    'language model inside the policy: an embedded name, a folder or a hub id',
    { path: true },
  ),
  target: models.text(
    name.default(EMBEDDED_MODEL),
    'MODEL',
    'language model that is prompted (default: the generator)',
    { path: true },
  ),
  dtype: models.text(
    z.enum(['fp32', 'fp16', 'q8', 'q4', 'q4f16', 'bnb4', 'int8', 'uint8']).default('fp32'),
    'TYPE',
    'which weights of a model folder to load',
  ),
  device: models.text(
    z.enum(DEVICES).default('cpu'),
    'NAME',
    'execution provider of the runtime, as far as this installation has it (rlprompt doctor lists them)',
  ),
  threads: models.number(
    count.max(1024).optional(),
    'N',
    'threads of the runtime (default: the cores; for large models as many as were quickest when they were loaded)',
  ),
  batchSize: models.number(
    count.max(4096).optional(),
    'N',
    'rows that run together at most; numbers are the same with any (default: as many as are quick)',
  ),
  prefixSharing: models.boolean(
    z.boolean().default(true),
    'sharing of what rows begin with, which is computed once and kept',
  ),
  int8Batches: models.boolean(
    z.boolean().default(false),
    'run rows of dynamic int8 models together: faster, but each depends on its neighbours, so neither a score nor a resumed run repeats exactly',
  ),
  maxMemory: models.text(
    memory.optional(),
    'BYTES',
    'memory for kept prefixes and for a call, beside the weights, for instance 800M: less makes calls smaller (default: a quarter of the machine, 2GiB at most)',
  ),
  offline: models.boolean(z.boolean().default(false), 'never touch the network'),
  endpoint: models.text(
    name.optional(),
    'URL',
    'OpenAI-compatible service of the models named openai:MODEL; its access key is read from OPENAI_API_KEY',
  ),
  endpointTimeout: models.number(
    positive.max(86_400).default(120),
    'SECONDS',
    'time that a service has for one answer; it is then asked again',
  ),
  endpointConcurrency: models.number(
    z.union([count.max(1024), z.literal('auto')]).default('auto'),
    'N',
    'requests to a service under way at once, or auto: as many as it takes',
  ),
  endpointSamples: models.number(
    count.max(64).default(1),
    'N',
    'answers to one text, where a service gives no log-probabilities: their shares are the probabilities',
  ),

  queue: models.text(
    name.optional(),
    'URL',
    'Redis server (redis://host:port, rediss:// for TLS) whose workers compute label scores; see rlprompt worker',
  ),

  steps: limits.number(count.default(ours.steps), 'N', 'updates of the policy', { paper: '12000' }),
  forwards: limits.number(count.optional(), 'N', 'input rows that may be run through the target LM'),
  minutes: limits.number(positive.optional(), 'N', 'wall time'),
  patience: limits.number(count.optional(), 'N', 'evaluations without a better dev score'),
  targetScore: limits.number(z.number().optional(), 'SCORE', 'dev score that is good enough'),

  preset: search.text(
    z.enum(PRESET_NAMES).default('default'),
    'NAME',
    'settings to start from: quick = fewer steps, thorough = also finds label words and calibrates, raw = free to write gibberish, paper = as published',
  ),
  trainer: search.text(z.enum(TRAINER_NAMES).default(ours.trainer), 'NAME', 'how prompts are searched for', {
    paper: 'soft-q-learning',
  }),
  loss: search.text(
    z.enum(LOSS_NAMES).default(ours.loss),
    'NAME',
    'what the trainer minimises (default: the trainer’s own)',
    { paper: 'both' },
  ),
  promptLength: search.number(count.max(64).default(5), 'N', 'tokens of a prompt'),
  promptsPerStep: search.number(z.int().min(2).max(1024).default(16), 'N', 'prompts proposed and scored in a step'),
  topK: search.number(count.default(ours.topK), 'K', 'sample among the K most likely tokens'),
  topP: search.number(
    positive.max(1).default(1),
    'P',
    'sample among the likeliest tokens that together have this probability',
  ),
  temperature: search.number(positive.default(1), 'T', 'divides the logits when sampling'),
  learningRate: search.number(
    positive.optional(),
    'RATE',
    'Adam’s step size (default: 0.005 up to a hidden size of 256, the less the wider the generator is beyond)',
    { paper: '5e-5' },
  ),
  clipNorm: search.number(positive.default(5), 'NORM', 'largest norm of a gradient'),
  innerSize: search.number(count.max(65_536).default(2048), 'N', 'width of the policy’s MLP'),
  logitBias: search.number(z.number().default(0), 'BIAS', 'constant added to every logit of the policy'),
  priorBeta: search.number(
    z.number().min(0).default(ours.priorBeta),
    'BETA',
    'weight of the generator LM’s own log-probabilities in the policy',
  ),
  context: search.text(
    z.array(z.string()).min(1).optional(),
    'FILE|TEXT',
    'what the generator reads before it writes; task = made from the description, the labels and a few train rows',
  ),
  forbid: search.text(
    z.array(z.string().min(1)).min(1).optional(),
    'WORDS|FILE',
    'words that no proposed prompt may hold, in any case: between commas, or one a line of a file',
  ),
  mustContain: search.text(
    z.string().trim().min(1).max(1000).optional(),
    'TEXT',
    'text that every proposed prompt begins with (log-variance and best-of-n)',
  ),
  fluentTopK: search.number(count.optional(), 'K', 'only tokens among the generator LM’s own K likeliest'),
  tokens: search.text(
    z.enum(['printable', 'ascii', 'all']).default('printable'),
    'SET',
    'which tokens a prompt may hold',
  ),
  inputConditioned: search.boolean(
    z.boolean().default(false),
    'let the policy read each input and propose a prompt for it (classification and style-transfer)',
  ),
  ...TRAINER_SETTINGS,
  onCollapse: search.text(
    z.enum(['warn', 'restart']).default('restart'),
    'WHAT',
    'when a policy repeats itself: warn, or restart it from its best prompts at half the reward scale (trainers with replay)',
  ),
  initPrompts: search.list(z.array(z.string().min(1)).default([]), 'TEXT', 'prompt to start from; repeatable', {
    flag: 'init-prompt',
  }),
  promptLibrary: search.boolean(
    z.boolean().default(false),
    'start from the best prompts of earlier runs on similar tasks, and remember what this one finds',
  ),
  libraryPrompts: search.number(
    count.max(100).default(8),
    'N',
    'prompts of earlier runs to start from, with --prompt-library',
  ),

  correct: reward.number(positive.default(200), 'WEIGHT', 'reward of a probability gap where the label wins'),
  incorrect: reward.number(positive.default(180), 'WEIGHT', 'reward of a probability gap where it loses'),
  zScoreEpsilon: reward.number(
    positive.default(1e-4),
    'EPSILON',
    'added to the standard deviation when rewards are z-scored',
  ),
  rewardFrom: reward.range(range.default(ours.rewardFrom), 'MIN,MAX', 'range of the z-scored reward that is mapped'),
  rewardTo: reward.range(
    range.default(ours.rewardTo),
    'MIN,MAX',
    'range it is mapped to; its width is the inverse temperature of the search',
  ),
  rewardToEnd: reward.range(
    range.optional(),
    'MIN,MAX',
    'range it is mapped to at the end: the search is cooled, or heated, evenly over the steps or forwards it has (default: 0,30 with log-variance where --reward-to is not given)',
  ),
  normalise: reward.text(
    z.enum(['none', 'token', 'word']).optional(),
    'UNIT',
    'divide a label’s log-probability by its tokens or words (default: the task’s)',
  ),
  calibrate: reward.text(
    z.enum(['none', 'inputs', 'content-free', 'batch']).default('none'),
    'OVER',
    'subtract each prompt’s mean label score over the train inputs, over an empty input (content-free), or over the rows that are scored (batch)',
  ),
  labelWords: reward.text(
    z.enum(['given', 'found', 'both']).default('given'),
    'SOURCE',
    'words that labels are read by: those given, words found among the target LM’s likely answers to the train rows, or the best of both',
  ),
  labelWordsCount: reward.number(
    z.union([count.max(1000), z.literal('auto')]).default('auto'),
    'K',
    'words found per label; auto chooses 1, 5, 20 or 100 by cross-validation over the train rows',
  ),
  demos: reward.number(
    z.int().min(0).max(64).default(0),
    'K',
    'labelled train rows to stand before each input, chosen among 32 sets; none where that is better on dev',
  ),
  objectives: reward.weights(
    z.record(z.string(), z.number()).default({ task: 1 }).overwrite(besideTask),
    'NAME=WEIGHT',
    `objective and its weight, beside the task’s own reward: ${OBJECTIVE_NAMES.join(', ')}; repeatable (default: task=1)`,
    { flag: 'objective' },
  ),
  combine: reward.text(
    z.enum(['sum', 'product', 'hypervolume']).default('sum'),
    'RULE',
    'how several objectives become one reward',
  ),
  contentModel: reward.text(
    name.optional(),
    'MODEL',
    'encoder that says how much of an input is kept (style-transfer, which needs it)',
    { path: true },
  ),
  styleModel: reward.text(
    name.optional(),
    'MODEL',
    'classifier of styles, or a language model that is asked for the label words (style-transfer; default: the target LM)',
    { path: true },
  ),
  stylePrompt: reward.text(
    z.string().min(1).default('The writing style is'),
    'TEXT',
    'what stands between an output and the label words of its style, without a classifier (style-transfer only)',
  ),
  fluencyModel: reward.text(
    name.optional(),
    'MODEL',
    'language model that says how fluent an output is (style-transfer; default: the target LM)',
    { path: true },
  ),
  judge: reward.text(
    name.optional(),
    'MODEL',
    'language model that judges for the objective judge: a local causal one, or openai:MODEL',
    { path: true },
  ),
  judgeMode: reward.text(
    z.enum(['pairwise', 'score10']).default('pairwise'),
    'MODE',
    'pairwise = against the best so far, in both orders; score10 = a score from 1 to 10',
  ),
  judgeDownWeight: reward.boolean(
    z.boolean().default(false),
    'draw a preference toward a tie by as much as it changes with the order (pairwise only)',
  ),
  rubric: reward.text(
    z.array(z.string()).min(1).optional(),
    'FILE',
    'text file that tells the judge what to look for (default: one for the task’s kind)',
    { path: true },
  ),
  rewardModel: reward.text(
    name.optional(),
    'FILE',
    'reward model of the objective preference, fitted to rankings by "rlprompt preferences fit"',
    { path: true },
  ),
  samples: reward.number(
    count.max(4096).default(ours.samples),
    'N',
    'outputs of which the best counts (style-transfer only)',
    { paper: '32' },
  ),
  bootstraps: reward.number(
    count.max(1000).default(ours.bootstraps),
    'N',
    'how often the best of the samples is taken and averaged (style-transfer only)',
    { paper: '4' },
  ),
  inputsPerStep: reward.number(
    count.max(1024).default(2),
    'N',
    'inputs of a step, each met by an equal share of its prompts (style-transfer, --input-conditioned: default 4)',
  ),
  examplesPerStep: reward.number(
    z.int().min(2).optional(),
    'N',
    'train examples of a step, others in the next; prompts are ranked on all (default: all in every step)',
  ),
  cache: reward.boolean(z.boolean().default(true), 'reuse of the rewards of prompts scored before'),
  racing: reward.boolean(
    z.boolean().default(false),
    'score the prompts of a step on a few examples first, and only the promising ones on all',
  ),
  rewardTimeout: reward.number(
    positive.max(86_400).default(60),
    'SECONDS',
    'time a custom reward has for one call; it is then stopped and called again',
  ),
  maxRewardErrors: reward.number(z.int().min(0).default(5), 'N', 'failures of a reward task before the run ends'),

  evaluationEvery: evaluation.number(count.default(ours.evaluationEvery), 'N', 'steps between evaluations on dev'),
  evaluationCandidates: evaluation.number(
    count.max(10_000).default(4),
    'N',
    'best prompts scored on dev at each evaluation',
  ),
  select: evaluation.text(
    z.enum(['dev', 'pooled']).default('dev'),
    'SPLITS',
    'what decides between prompts: dev, or train and dev weighed by their sizes',
  ),
  candidates: evaluation.number(count.max(10_000).default(32), 'N', 'best prompts re-scored on dev at the end'),
  ensemble: evaluation.number(
    z.int().min(2).max(64).optional(),
    'K',
    'also score the K best prompts together, by the mean of their probabilities',
  ),
  topPromptsKept: evaluation.number(count.max(10_000).default(64), 'N', 'best prompts kept in the table'),

  seed: run.number(z.int().min(0).max(0xff_ff_ff_ff).default(0), 'N', 'same seed, same run'),
  out: run.text(z.string().min(1).optional(), 'DIR', 'run folder (default: runs/<task>-<time>)', {
    short: 'o',
    path: true,
  }),
  checkpointEvery: run.number(count.default(ours.checkpointEvery), 'N', 'steps between checkpoints', { paper: '100' }),
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
