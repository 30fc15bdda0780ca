import type { RunConfigKey } from '../../config/run-config.js';

/** Settings that scoring prompts takes whatever the command, the task and the target LM. */
export const SCORING_KEYS: readonly RunConfigKey[] = [
  'textColumn',
  'labelColumn',
  'verbalizer',
  'template',
  'shots',
  'dtype',
  'device',
  'threads',
  'batchSize',
  'prefixSharing',
  'int8Batches',
  'maxMemory',
  'offline',
  'endpoint',
  'endpointTimeout',
  'queue',
  'endpointConcurrency',
  'endpointSamples',
  'correct',
  'incorrect',
  'normalise',
  'calibrate',
  'cache',
  'seed',
];
