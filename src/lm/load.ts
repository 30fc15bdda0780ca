import { resolve } from 'node:path';
import { nearestWord, RlpromptError } from '../errors.js';
import { isThere } from '../files/read/is-there.js';
import { type EndpointOptions, readEndpointSettings } from './endpoint/client/endpoint-settings.js';
import { isEndpointName } from './endpoint/endpoint-name.js';
import { loadEndpointModel } from './endpoint/openai.js';
import { type DownloadProgress, findHubModel, type HubOptions, pinHubName } from './hub/hub.js';
import { looksLikeHubName } from './hub/hub-name.js';
import { embeddedModels } from './model/embedded.js';
import { findModelFolder, type ModelFolder } from './model/model-folder.js';
import type { LanguageModel } from './model/types.js';
import { loadCausalLm } from './onnx/families/causal/causal-lm.js';
import { loadEncoder } from './onnx/families/encoder.js';
import { familyOf } from './onnx/families/inspect-model.js';
import { loadClassifier } from './onnx/families/load-classifier.js';
import { loadMaskedLm } from './onnx/families/masked-lm.js';
import { openModelFile } from './onnx/graph/file/model-file.js';
import type { LoadedModel, OnnxModelOptions } from './onnx/run/model-parts.js';
import { defaultThreads } from './onnx/run/session.js';
import { loadEncoderDecoder } from './transformers/load-encoder-decoder.js';

export interface LoadOptions extends OnnxModelOptions, EndpointOptions {
  /** Number format of the weights: fp32, fp16, q8, q4 …, or the name of one of the folder's ONNX files. */
  readonly dtype?: string | undefined;
  /** Never asks the hub; HF_HUB_OFFLINE says the same. */
  readonly offline?: boolean | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Ends a download. */
  readonly signal?: AbortSignal | undefined;
}

type Instance = { readonly model: Promise<LoadedModel>; users: number };

const instances = new Map<string, Instance>();

/**
 * Loads a language model by name: an embedded one, a local folder, `org/name[@revision]` of the hub, or `openai:MODEL`
 * behind the service that the options name. The same model asked for twice is one instance, with one copy of the
 * weights; it is freed when everyone who asked for it has disposed of it.
 */
export async function loadLanguageModel(name: string, options: LoadOptions = {}): Promise<LoadedModel> {
  if (isEndpointName(name)) {
    const settings = readEndpointSettings(options);
    return await shareInstance(JSON.stringify([name, settings]), () =>
      loadEndpointModel(name, settings, options.signal),
    );
  }
  const folder = findModelFolder(await findModelPath(name, options), options.dtype);
  const truncate = options.truncate ?? 'tail';
  const key = JSON.stringify([
    folder.onnxPath,
    options.threads ?? defaultThreads(),
    options.device ?? 'cpu',
    options.maxMemoryBytes ?? null,
    options.batchSize ?? null,
    options.prefixSharing ?? true,
    options.allowDynamicInt8 ?? false,
    truncate,
  ]);
  return await shareInstance(key, async () => ({ ...(await loadFolder(name, folder, options)), truncate }));
}

async function shareInstance(key: string, load: () => Promise<LoadedModel>): Promise<LoadedModel> {
  let instance = instances.get(key);
  if (!instance) {
    instance = { model: load().then((model) => shared(key, model)), users: 0 };
    instances.set(key, instance);
  }
  instance.users++;
  try {
    return await instance.model;
  } catch (error) {
    instances.delete(key);
    throw error;
  }
}

/** The same model, disposed of by its last user only. */
function shared(key: string, model: LoadedModel): LoadedModel {
  return {
    ...model,
    dispose: async () => {
      const instance = instances.get(key);
      if (!instance) return;
      instance.users--;
      if (instance.users > 0) return;
      instances.delete(key);
      await model.dispose();
    },
  };
}

function loadFolder(name: string, folder: ModelFolder, options: LoadOptions): Promise<LoadedModel> {
  const { model } = openModelFile(folder.onnxPath);
  return LOADERS[familyOf(model.graph, folder.config)](name, folder, options);
}

const LOADERS = {
  causal: loadCausalLm,
  masked: loadMaskedLm,
  'encoder-decoder': loadEncoderDecoder,
  encoder: loadEncoder,
  classifier: loadClassifier,
} satisfies Record<ReturnType<typeof familyOf>, typeof loadCausalLm>;

/** The folder of a model by its name; one of the hub is downloaded where it is not in the cache. */
export async function findModelPath(name: string, options: HubOptions = {}): Promise<string> {
  if (isEndpointName(name)) throw notOnThisMachine(name);
  const local = localModelPath(name);
  if (local !== undefined) return local;
  if (!looksLikeHubName(name)) throw notFound(name);
  try {
    return (await findHubModel(name, options)).path;
  } catch (error) {
    throw asNoFolderEither(error, name);
  }
}

/** `models/gpt2` may be meant as a path. */
function asNoFolderEither(error: unknown, name: string): unknown {
  if (!(error instanceof RlpromptError) || !/^E_HUB_(UNREACHABLE|OFFLINE|NOT_FOUND)$/.test(error.code)) return error;
  return error.with({ message: `${name} is not a folder here; ${error.message}` });
}

/** A hub model's name with the commit it stands for, so that it stays what it is; other names as they are. */
export async function pinModelName(name: string, options: HubOptions = {}): Promise<string> {
  if (isEndpointName(name) || localModelPath(name) !== undefined || !looksLikeHubName(name)) return name;
  await findModelPath(name, options);
  return pinHubName(name, options);
}

/** The folder of an embedded model, or one that is named by its path. */
export function localModelPath(name: string): string | undefined {
  const path = embeddedModels().find((model) => model.name === name)?.path ?? resolve(name);
  return isThere(path) ? path : undefined;
}

function notOnThisMachine(name: string): RlpromptError {
  return new RlpromptError({
    code: 'E_MODEL_NOT_LOCAL',
    exit: 'config',
    message: `${name} is behind a service: it has no files here and no hidden states, so it can be a target LM or a judge only`,
    next: 'name a local model',
  });
}

function notFound(name: string): RlpromptError {
  const names = embeddedModels().map((model) => model.name);
  const nearest = nearestWord(name, names);
  return new RlpromptError({
    code: 'E_MODEL_NOT_FOUND',
    exit: 'missingInput',
    message:
      `no language model ${JSON.stringify(name)}: neither an embedded one (${names.join(', ') || 'there is none'}), nor a folder, ` +
      `nor org/name on the hub${nearest ? `; did you mean ${nearest}?` : ''}`,
    next: `rlprompt models list`,
  });
}

type Capabilities = LanguageModel['capabilities'];

/** Which models can do what, for whoever asks the wrong one. */
const WHO_CAN: Record<keyof Capabilities, string> = {
  hiddenStates:
    'causal ONNX models (GPT-2, Llama, Qwen2, OPT, GPT-NeoX …): embedded names, folders, GGUF files, hub ids',
  labelScores:
    'causal, masked and encoder-decoder ONNX models, and endpoints that give log-probabilities (openai:MODEL)',
  generate: 'causal and encoder-decoder ONNX models, and endpoints (openai:MODEL)',
  likelihood: 'causal ONNX models, and endpoints that score a given text (openai:MODEL)',
  embed: 'encoder ONNX models, for instance all-MiniLM-L6-v2',
  classify: 'sequence classifiers in ONNX',
  answers: 'endpoints (openai:MODEL)',
};

/** A capability of a model, or E_MODEL_CAPABILITY, naming the kinds of models that have it. */
export function requireCapability<K extends keyof Capabilities>(
  model: LanguageModel,
  capability: K,
): NonNullable<Capabilities[K]> {
  const found = model.capabilities[capability];
  if (found) return found;
  throw new RlpromptError({
    code: 'E_MODEL_CAPABILITY',
    exit: 'config',
    message: `the ${model.family} model ${model.name} lacks ${capability}; these have it: ${WHO_CAN[capability]}`,
    next: 'name a model of another kind',
  });
}
