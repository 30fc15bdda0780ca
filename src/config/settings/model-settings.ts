import * as z from 'zod';
import { settingsOf } from '../../options/option.js';
import { count, name, positive } from '../../options/value-schemas.js';
import { memory } from '../values/memory-schema.js';
import { DEVICES, EMBEDDED_MODEL } from './defaults.js';

const models = settingsOf('Models');

const DTYPE_NAMES = ['fp32', 'fp16', 'q8', 'q4', 'q4f16', 'bnb4', 'int8', 'uint8'];
/** Of an ONNX file: with its ending, or as exports call it. */
const FILE_NAME = /^[\w.-]+\.onnx$|^(decoder_|encoder_)?model[\w.-]*$/;

/** The language models, and how they are run. */
export const modelSettings = {
  generator: models.text(
    name.default(EMBEDDED_MODEL),
    'MODEL',
    'language model inside the policy: an embedded name, a folder, a GGUF file or a hub id',
    { path: true },
  ),
  target: models.text(
    name.default(EMBEDDED_MODEL),
    'MODEL',
    'language model that is prompted (default: the generator)',
    { path: true },
  ),
  chat: models.boolean(
    z.boolean().default(false),
    'ask the target LM in its own chat format: the template is the user’s message, and label words are the first words of the answer',
  ),
  dtype: models.text(
    z
      .string()
      .refine(
        (name) => DTYPE_NAMES.includes(name) || FILE_NAME.test(name),
        `expected ${DTYPE_NAMES.join(', ')} or a file’s name`,
      )
      .default('fp32'),
    'TYPE',
    `which weights of a model folder to load: ${DTYPE_NAMES.join(', ')}, or the name of one of its files, such as model_O3.onnx`,
  ),
  device: models.text(
    z.enum(DEVICES).default('cpu'),
    'NAME',
    'execution provider of the runtime, if this installation supports it (rlprompt doctor lists them)',
  ),
  threads: models.number(
    count.max(1024).optional(),
    'N',
    'threads of the runtime (default: the cores; for large models as many as were quickest when they were loaded)',
  ),
  batchSize: models.number(
    count.max(4096).optional(),
    'N',
    'maximum number of rows per batch; results do not depend on it (default: chosen for speed)',
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
  price: models.range(
    z.tuple([z.number().min(0), z.number().min(0)]).optional(),
    'READ,WRITTEN',
    'price of a service for a million tokens read, and a million written',
  ),

  queue: models.text(
    name.optional(),
    'URL',
    'Redis server (redis://host:port, rediss:// for TLS) whose workers compute label scores; see rlprompt worker',
  ),
};
