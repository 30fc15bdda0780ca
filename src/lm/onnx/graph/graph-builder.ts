import {
  encodeModel,
  ONNX_TYPE,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
} from './proto.js';

type BuilderType = 'float32' | 'float16' | 'int64' | 'int32' | 'uint8' | 'bool';
/** A Uint16Array holds the bits of float16 numbers. */
type ConstantData = Float32Array | Uint16Array | BigInt64Array | Int32Array | Uint8Array;

/** An attribute of a node. An integer and a float are different things in ONNX: `1` is an int, `{float: 1}` a float. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { float: number }
  | { floats: readonly number[] }
  | { tensor: ConstantData; dims: readonly number[] };

export interface NodeOptions {
  attributes?: Record<string, AttributeValue>;
  domain?: string;
  /** How many outputs the node has; default 1. */
  outputs?: number;
  /** Name of the first output; a fresh one by default. */
  name?: string;
}

/** Builds an ONNX graph in code, node by node in the order of computation. */
export class GraphBuilder {
  readonly #name: string;
  readonly #prefix: string;
  readonly #inputs: OnnxValueInfo[] = [];
  readonly #outputs: OnnxValueInfo[] = [];
  readonly #constants: OnnxTensor[] = [];
  readonly #nodes: OnnxNode[] = [];
  #fresh = 0;
  #taken = 0;

  /** @param prefix put before the names of nodes and constants, where they go into another graph */
  constructor(name: string, prefix = '') {
    this.#name = name;
    this.#prefix = prefix;
  }

  /** Declares an input; a string dimension is free. @returns its name, for use as a node's input */
  input(name: string, type: BuilderType, dims: readonly (number | string)[]): string {
    this.#inputs.push(valueInfo(name, type, dims));
    return name;
  }

  /** Adds a constant tensor; its bytes are used as they are, not copied, until `build`. @returns its name */
  constant(name: string, data: ConstantData, dims: readonly number[]): string {
    const full = this.#prefix + name;
    this.#constants.push(tensorProto(full, data, dims));
    return full;
  }

  /** Adds a node with one output. @returns the output's name */
  node(opType: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const [output] = this.nodes(opType, inputs, options);
    return output;
  }

  /** Adds a node with several outputs. @returns the outputs' names */
  nodes(opType: string, inputs: readonly string[], options: NodeOptions = {}): [string, ...string[]] {
    const first = options.name ?? `${this.#prefix}${opType}_${this.#fresh++}`;
    const others = Array.from({ length: (options.outputs ?? 1) - 1 }, (_, i) => `${first}_${i + 1}`);
    const output: [string, ...string[]] = [first, ...others];
    const attribute = Object.entries(options.attributes ?? {}).map(([name, value]) => attributeProto(name, value));
    this.#nodes.push({ name: first, opType, input: [...inputs], output, attribute, domain: options.domain ?? '' });
    return output;
  }

  /** Makes a value a result of the graph. */
  output(name: string, type: BuilderType, dims: readonly (number | string)[]): void {
    this.#outputs.push(valueInfo(name, type, dims));
  }

  /** Nodes and constants so far, to be put into another graph. */
  get parts(): { readonly nodes: readonly OnnxNode[]; readonly constants: readonly OnnxTensor[] } {
    return { nodes: [...this.#nodes], constants: [...this.#constants] };
  }

  /** Nodes since the last call, to be put where they belong in another graph. */
  takeNodes(): OnnxNode[] {
    const nodes = this.#nodes.slice(this.#taken);
    this.#taken = this.#nodes.length;
    return nodes;
  }

  /** The model's bytes, as onnxruntime reads them. */
  build(versions: { opset?: number; irVersion?: number } = {}): Uint8Array {
    const domains = new Set(this.#nodes.map((node) => node.domain ?? ''));
    domains.delete('');
    return encodeModel({
      irVersion: versions.irVersion ?? 9,
      producerName: 'rlprompt',
      opsetImport: [
        { domain: '', version: versions.opset ?? 18 },
        ...[...domains].map((domain) => ({ domain, version: 1 })),
      ],
      graph: {
        name: this.#name,
        node: this.#nodes,
        initializer: this.#constants,
        input: this.#inputs,
        output: this.#outputs,
      },
    });
  }
}

/** A tensor's name, type and shape as a graph declares its inputs and outputs. */
export function valueInfo(name: string, type: BuilderType, dims: readonly (number | string)[]): OnnxValueInfo {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ONNX_TYPE[type], shape: { dim } } } };
}

function tensorProto(name: string, data: ConstantData, dims: readonly number[]): OnnxTensor {
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (size !== data.length) throw new RangeError(`constant ${name}: ${data.length} values for [${dims.join(', ')}]`);
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: [...dims], dataType: constantType(data), rawData };
}

function constantType(data: ConstantData): number {
  if (data instanceof Float32Array) return ONNX_TYPE.float32;
  if (data instanceof Uint16Array) return ONNX_TYPE.float16;
  if (data instanceof BigInt64Array) return ONNX_TYPE.int64;
  return data instanceof Int32Array ? ONNX_TYPE.int32 : ONNX_TYPE.uint8;
}

const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;

function attributeProto(name: string, value: AttributeValue): OnnxAttribute {
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPE.int, i: value };
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPE.string, s: new TextEncoder().encode(value) };
  if (isIntegers(value)) return { name, type: ATTRIBUTE_TYPE.ints, ints: [...value] };
  if ('float' in value) return { name, type: ATTRIBUTE_TYPE.float, f: value.float };
  if ('tensor' in value) {
    return { name, type: ATTRIBUTE_TYPE.tensor, t: tensorProto(name, value.tensor, value.dims) };
  }
  return { name, type: ATTRIBUTE_TYPE.floats, floats: [...value.floats] };
}

function isIntegers(value: AttributeValue): value is readonly number[] {
  return Array.isArray(value);
}
