import type { RunConfigKey } from '../../config/run-config.js';

/** How a model that is run here is loaded and computed. */
export const RUNTIME_KEYS: readonly RunConfigKey[] = [
  'dtype',
  'device',
  'threads',
  'batchSize',
  'prefixSharing',
  'int8Batches',
  'maxMemory',
  'offline',
];

/** What of a task its command line says: how a data file is read, and how a row becomes a text and its answer a label. */
export const TASK_KEYS: readonly RunConfigKey[] = [
  'textColumn',
  'labelColumn',
  'splitColumn',
  'encoding',
  'allowControl',
  'skipBadRows',
  'onMissing',
  'labels',
  'testSize',
  'truncate',
  'verbalizer',
  'template',
  'labelSpace',
  'chat',
  'shots',
];

/** Settings that scoring prompts takes whatever the command, the task and the target LM. */
export const SCORING_KEYS: readonly RunConfigKey[] = [
  ...TASK_KEYS,
  ...RUNTIME_KEYS,
  'endpoint',
  'endpointTimeout',
  'queue',
  'endpointConcurrency',
  'endpointSamples',
  'price',
  'maxTokens',
  'maxCost',
  'maxRequests',
  'correct',
  'incorrect',
  'normalise',
  'calibrate',
  'cache',
  'seed',
];
