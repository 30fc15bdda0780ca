import { RlpromptError } from '../../../errors.js';
import type { OnnxGraph } from './proto.js';
import { dimsOfValue, typeOfValue } from './value-info.js';

export interface ModelInput {
  readonly name: string;
  readonly type: string;
  /** A string is a free dimension. */
  readonly dims: readonly (number | string)[];
}

/** The KV cache of a causal LM: `outputs[i]` of one call is `inputs[i]` of the next, [rows, heads, positions, headSize]. */
export interface KvCache {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly type: 'float32' | 'float16';
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
}

const KNOWN_INPUTS = new Set([
  'input_ids',
  'attention_mask',
  'position_ids',
  'token_type_ids',
  'use_cache_branch',
  'num_logits_to_keep',
]);

const PAST = /^past_key_values\.(\d+)\.(key|value)$/;

/** The inputs a caller must give: those that no initializer gives a default. */
export function modelInputs(graph: OnnxGraph): ModelInput[] {
  const constants = new Set(graph.initializer.map((tensor) => tensor.name));
  return graph.input
    .filter(({ name }) => !constants.has(name))
    .map((value) => ({ name: value.name, type: typeOfValue(value), dims: dimsOfValue(value) ?? [] }));
}

/** Refuses a model that wants an input this program does not know how to fill. */
export function checkInputs(inputs: readonly ModelInput[], where: string): void {
  const unknown = inputs.filter(({ name }) => !KNOWN_INPUTS.has(name) && !PAST.test(name));
  if (unknown.length === 0 && inputs.some(({ name }) => name === 'input_ids')) return;
  const kind = OTHER_KINDS.find(({ input }) => unknown.some(({ name }) => input.test(name)));
  if (kind) throw otherKind(kind.kind, unknown, where);
  const names = unknown.map(({ name }) => name).join(', ') || 'none of them is input_ids';
  throw new RlpromptError({
    code: 'E_MODEL_INPUT',
    exit: 'data',
    message: `the model wants inputs of unknown meaning: ${names}`,
    where,
    next: `use an export whose inputs are among ${[...KNOWN_INPUTS, 'past_key_values.N.key/value'].join(', ')}`,
  });
}

/** What this program does not run, by the inputs that give it away. */
const OTHER_KINDS = [
  { kind: 'a hybrid with convolution states (LFM2 …)', input: /^past_conv\.\d+$/ },
  {
    kind: 'a state-space model (Mamba, Falcon Mamba, hybrids such as Jamba)',
    input: /(^|_)(ssm|conv)(_states?)?(\.\d+)?$|^cache_params/,
  },
  { kind: 'a recurrent model (RWKV …)', input: /^(past_)?(state|recurrent|rwkv)/ },
] as const;

function otherKind(kind: string, inputs: readonly ModelInput[], where: string): RlpromptError {
  return new RlpromptError({
    code: 'E_MODEL_INPUT',
    exit: 'data',
    message: `the model is ${kind}, which this program does not run: it wants ${inputs[0]!.name}`,
    where,
    next: 'use a causal or masked transformer, or serve the model and name it openai:MODEL with --endpoint',
  });
}

/** The KV cache, when every past input has its present output; undefined when the model has no past inputs. */
export function kvCache(graph: OnnxGraph, inputs: readonly ModelInput[]): KvCache | undefined {
  const past = inputs.filter(({ name }) => PAST.test(name));
  const outputs = past.map(({ name }) => name.replace('past_key_values', 'present'));
  const given = new Set(graph.output.map(({ name }) => name));
  const [first] = past;
  if (!first || !outputs.every((name) => given.has(name))) return undefined;
  const [heads, headSize] = [first.dims[1], first.dims[3]];
  if (typeof heads !== 'number' || typeof headSize !== 'number') return undefined;
  if (first.type !== 'float32' && first.type !== 'float16') return undefined;
  return { inputs: past.map(({ name }) => name), outputs, type: first.type, layers: past.length / 2, heads, headSize };
}
