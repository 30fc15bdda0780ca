import type { ModelFile } from '../graph/file/model-file-types.js';
import { roundToHalf } from '../graph/float16.js';
import type { GraphScope } from '../graph/graph-scope.js';
import { attributeOf, ONNX_TYPE, type OnnxNode, type OnnxTensor, toNumber, typeName } from '../graph/proto.js';
import { dequantizeLinear, type LinearQuantisation } from './dequantize-linear.js';
import { cannotCut } from './head-error.js';
import { tensorMatrix, tensorValues, type WeightMatrix } from './weight-matrix.js';

/** A constant matrix behind the Transposes, Casts and DequantizeLinears between an initializer and its use. */
export interface ResolvedMatrix {
  /** As it is stored. */
  readonly matrix: WeightMatrix;
  /** Used transposed. */
  readonly transposed: boolean;
  readonly initializer: string;
  /** Element type of the value used. */
  readonly dataType: number;
}

/** No export puts more nodes than this between a weight and its product; a graph with a cycle would. */
const MAX_NODES_BETWEEN = 8;

/** Follows a value back to the initializer it is made of; what cannot be followed is refused by name. */
export function resolveMatrix(file: ModelFile, scope: GraphScope, name: string, depth = 0): ResolvedMatrix {
  const tensor = scope.constant(name);
  if (tensor) {
    return { matrix: tensorMatrix(file, tensor), transposed: false, initializer: name, dataType: tensor.dataType };
  }
  const node = scope.producer(name);
  if (!node || depth > MAX_NODES_BETWEEN)
    throw cannotCut(file.path, `its weight ${JSON.stringify(name)} is not a constant`);
  const inner = () => resolveMatrix(file, scope, node.input[0] ?? '', depth + 1);
  switch (node.opType) {
    case 'Identity':
      return inner();
    case 'Transpose':
      return transpose(inner(), node, file.path);
    case 'Cast':
      return cast(inner(), toNumber(attributeOf(node, 'to')?.i), file.path);
    case 'DequantizeLinear':
      return dequantize(file, scope, node, inner());
    default:
      throw cannotCut(file.path, `its weight is made by the node ${node.opType} ${JSON.stringify(node.name ?? '')}`);
  }
}

/** A constant vector behind Casts, or undefined when the value is computed from the input. */
export function resolveVector(file: ModelFile, scope: GraphScope, name: string): Float32Array | undefined {
  for (let depth = 0, at = name; depth <= MAX_NODES_BETWEEN; depth++) {
    const tensor = scope.constant(at);
    if (tensor) return tensorValues(file, tensor);
    const node = scope.producer(at);
    if (node?.opType !== 'Cast' && node?.opType !== 'Identity') return undefined;
    at = node.input[0] ?? '';
  }
  return undefined;
}

/** The constant a node must have at an input. */
export function constantInput(file: ModelFile, scope: GraphScope, node: OnnxNode, index: number): OnnxTensor {
  const name = node.input[index] ?? '';
  const tensor = scope.constant(name);
  if (tensor) return tensor;
  throw cannotCut(
    file.path,
    `input ${JSON.stringify(name)} of ${node.opType} ${JSON.stringify(node.name)} is not a constant`,
  );
}

function transpose(inner: ResolvedMatrix, node: OnnxNode, where: string): ResolvedMatrix {
  const perm = attributeOf(node, 'perm')?.ints?.map(toNumber) ?? [1, 0];
  if (perm.length !== 2) throw cannotCut(where, `its weight is transposed by [${perm.join(', ')}]`);
  return { ...inner, transposed: perm[0] === 1 ? !inner.transposed : inner.transposed };
}

function cast(inner: ResolvedMatrix, dataType: number, where: string): ResolvedMatrix {
  const { matrix } = inner;
  if (dataType === ONNX_TYPE.float32) return { ...inner, dataType };
  if (dataType !== ONNX_TYPE.float16) throw cannotCut(where, `its weight is cast to ${typeName(dataType)}`);
  return { ...inner, dataType, matrix: rounded(matrix) };
}

function rounded(matrix: WeightMatrix): WeightMatrix {
  // A copy: the rows may be a view on the model's own bytes.
  return { ...matrix, readRows: (first, count) => roundToHalf(Float32Array.from(matrix.readRows(first, count))) };
}

function dequantize(file: ModelFile, scope: GraphScope, node: OnnxNode, inner: ResolvedMatrix): ResolvedMatrix {
  const scale = constantInput(file, scope, node, 1);
  const zeroPoint = node.input[2] ? constantInput(file, scope, node, 2) : undefined;
  if (scale.dims.length > 1)
    throw cannotCut(file.path, 'its weight is quantised in blocks (DequantizeLinear block_size)');
  const axis = toNumber(attributeOf(node, 'axis')?.i ?? 1);
  const along = (axis === 0) === inner.transposed ? 'column' : 'row';
  const matrix = dequantizeLinear(inner.matrix, linearQuantisation(file, scale, zeroPoint, along));
  const isHalf = scale.dataType === ONNX_TYPE.float16;
  return { ...inner, dataType: scale.dataType, matrix: isHalf ? rounded(matrix) : matrix };
}

/** Reads scales and zero points; a single scale stands for the whole matrix. */
export function linearQuantisation(
  file: ModelFile,
  scale: OnnxTensor,
  zeroPoint: OnnxTensor | undefined,
  along: 'row' | 'column',
): LinearQuantisation {
  const scales = tensorValues(file, scale);
  const zeroPoints = zeroPoint ? tensorValues(file, zeroPoint) : new Float32Array();
  return { scales, zeroPoints, per: scales.length === 1 ? 'matrix' : along };
}
