import protobuf from 'protobufjs';
import { RlpromptError } from '../../../errors.js';
import { onnxMessage } from './onnx-schema.js';

/** A 64-bit integer as protobufjs gives it; `toNumber` below turns it into a number. */
export type Int64 = number | { readonly low: number; readonly high: number; readonly unsigned: boolean };

/** ONNX's TensorProto.DataType, by the names this program uses. */
export const ONNX_TYPE = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
  uint4: 21,
  int4: 22,
} as const;

export type OnnxTypeName = keyof typeof ONNX_TYPE;

export interface OnnxEntry {
  key: string;
  value: string;
}

export interface OnnxDimension {
  dimValue?: Int64;
  dimParam?: string;
}

export interface OnnxType {
  tensorType?: { elemType?: number; shape?: { dim: OnnxDimension[] } };
}

export interface OnnxValueInfo {
  name: string;
  type?: OnnxType;
}

export interface OnnxTensor {
  name?: string;
  dims: Int64[];
  dataType: number;
  rawData?: Uint8Array;
  floatData?: number[];
  int32Data?: number[];
  int64Data?: Int64[];
  externalData?: OnnxEntry[];
  /** 1: the content lies in another file, see externalData. */
  dataLocation?: number;
}

export interface OnnxAttribute {
  name: string;
  type: number;
  f?: number;
  i?: Int64;
  s?: Uint8Array;
  t?: OnnxTensor;
  g?: OnnxGraph;
  floats?: number[];
  ints?: Int64[];
  graphs?: OnnxGraph[];
}

export interface OnnxNode {
  name?: string;
  opType: string;
  domain?: string;
  input: string[];
  output: string[];
  attribute: OnnxAttribute[];
}

export interface OnnxGraph {
  name?: string;
  node: OnnxNode[];
  initializer: OnnxTensor[];
  input: OnnxValueInfo[];
  output: OnnxValueInfo[];
  valueInfo?: OnnxValueInfo[];
  sparseInitializer?: { values?: OnnxTensor }[];
  quantizationAnnotation?: { tensorName: string }[];
}

export interface OnnxModel {
  irVersion?: Int64;
  producerName?: string;
  producerVersion?: string;
  opsetImport: { domain?: string; version?: Int64 }[];
  graph?: OnnxGraph;
  functions?: { name?: string; domain?: string; node: OnnxNode[] }[];
  metadataProps?: OnnxEntry[];
}

interface MessageTypes {
  ModelProto: OnnxModel;
  GraphProto: OnnxGraph;
  TensorProto: OnnxTensor;
}

/**
 * Decodes one message. Bytes fields are views on `bytes`, nothing is copied; unknown fields are kept for encoding;
 * nesting is bounded. A content that is not protobuf is refused as E_MODEL_CORRUPT.
 */
export function decodeMessage<N extends keyof MessageTypes>(
  name: N,
  bytes: Uint8Array,
  where?: string,
): MessageTypes[N] {
  try {
    const reader = protobuf.Reader.create(bytes);
    reader.discardUnknown = false;
    return onnxMessage(name).decode(reader) as unknown as MessageTypes[N];
  } catch (cause) {
    throw new RlpromptError({
      code: 'E_MODEL_CORRUPT',
      exit: 'data',
      message: `not a whole ONNX file (${cause instanceof Error ? cause.message : String(cause)})`,
      where,
      next: 'download or export the model again',
      cause,
    });
  }
}

/** Decodes an ONNX model held in memory; see `decodeMessage`. */
export function decodeModel(bytes: Uint8Array, where?: string): OnnxModel {
  return decodeMessage('ModelProto', bytes, where);
}

/** Encodes an ONNX model. */
export function encodeModel(model: OnnxModel): Uint8Array {
  return onnxMessage('ModelProto').encode(model).finish();
}

/** The number an int64 field stands for; exact up to 2^53. */
export function toNumber(value: Int64 | undefined): number {
  if (value === undefined || typeof value === 'number') return value ?? 0;
  return value.high * 0x1_0000_0000 + (value.low >>> 0);
}

/** The name of an ONNX element type, or `type <number>` for one this program never reads. */
export function typeName(dataType: number | undefined): OnnxTypeName | `type ${number}` {
  for (const [name, number] of Object.entries(ONNX_TYPE)) {
    if (number === dataType) return name as OnnxTypeName;
  }
  return `type ${dataType ?? 0}`;
}

/** An attribute of a node by name. */
export function attributeOf(node: OnnxNode, name: string): OnnxAttribute | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}

/** The subgraphs of a node (the branches of an If, the body of a Loop). */
export function subgraphsOf(node: OnnxNode): OnnxGraph[] {
  return node.attribute.flatMap((attribute) => [...(attribute.g ? [attribute.g] : []), ...(attribute.graphs ?? [])]);
}
