import type { ModelFile } from '../graph/file/model-file-types.js';
import { tensorBytes } from '../graph/file/tensor-bytes.js';
import type { GraphScope } from '../graph/graph-scope.js';
import { attributeOf, ONNX_TYPE, type OnnxNode, toNumber } from '../graph/proto.js';
import { dequantizeLinear } from './dequantize-linear.js';
import { dequantizeNBits } from './dequantize-nbits.js';
import { cannotCut } from './head-error.js';
import { constantInput, linearQuantisation, resolveMatrix } from './head-weight.js';
import { tensorValues, type WeightMatrix } from './weight-matrix.js';

/** A product of a computed value with a constant matrix. */
export interface HeadProduct {
  /** The operator that multiplies. */
  readonly node: OnnxNode;
  /** Name of the value that is multiplied, in float. */
  readonly hidden: string;
  readonly hiddenDataType: number;
  readonly weight: WeightMatrix;
  /** How `weight` is stored: [hidden, vocabulary] or [vocabulary, hidden]. */
  readonly layout: 'hidden-first' | 'vocabulary-first';
  readonly initializer: string;
  /** Name of a bias that the operator itself adds. */
  readonly bias: string | undefined;
}

/** Reads the operator that multiplies by the head's weight, in any of the forms of the hub's exports. */
export function readProduct(file: ModelFile, scope: GraphScope, node: OnnxNode): HeadProduct {
  switch (node.opType) {
    case 'MatMul':
    case 'Gemm':
    case 'FusedMatMul':
      return plainProduct(file, scope, node);
    case 'MatMulNBits':
      return nbitsProduct(file, scope, node);
    default:
      throw cannotCut(file.path, `the logits are made by ${node.opType} ${JSON.stringify(node.name ?? '')}`);
  }
}

function plainProduct(file: ModelFile, scope: GraphScope, node: OnnxNode): HeadProduct {
  const flag = (name: string) => toNumber(attributeOf(node, name)?.i) !== 0;
  const factors = ['alpha', 'beta'].map((name) => attributeOf(node, name)?.f ?? 1);
  if (flag('transA') || flag('transBatchA') || flag('transBatchB') || factors.some((factor) => factor !== 1)) {
    throw cannotCut(file.path, `${node.opType} ${JSON.stringify(node.name)} scales or transposes the hidden states`);
  }
  const { matrix, transposed, initializer, dataType } = resolveMatrix(file, scope, node.input[1] ?? '');
  return {
    node,
    hidden: node.input[0] ?? '',
    hiddenDataType: dataType,
    weight: matrix,
    layout: transposed === flag('transB') ? 'hidden-first' : 'vocabulary-first',
    initializer,
    bias: node.input[2] || undefined,
  };
}

function nbitsProduct(file: ModelFile, scope: GraphScope, node: OnnxNode): HeadProduct {
  const integer = (name: string, otherwise = 0) => toNumber(attributeOf(node, name)?.i ?? otherwise);
  const [rows, columns, bits, blockSize] = [integer('N'), integer('K'), integer('bits', 4), integer('block_size')];
  if (![2, 4, 8].includes(bits) || rows < 1 || columns < 1 || blockSize < 8 || node.input[4]) {
    throw cannotCut(
      file.path,
      `MatMulNBits with ${bits} bits, block size ${blockSize}${node.input[4] ? ', g_idx' : ''}`,
    );
  }
  const blocks = Math.ceil(columns / blockSize);
  const packed = tensorBytes(file, constantInput(file, scope, node, 1));
  const scale = constantInput(file, scope, node, 2);
  const scales = tensorValues(file, scale);
  const rowBytes = (blocks * blockSize * bits) / 8;
  if (packed.length !== rows * rowBytes || scales.length !== rows * blocks) {
    throw cannotCut(file.path, `MatMulNBits whose weight does not have the shape [${rows}, ${columns}]`);
  }
  const readPacked = (first: number, count: number) => packed.read(first * rowBytes, count * rowBytes);
  const zeroPoints = nbitsZeroPoints(file, scope, node, rows * Math.ceil((blocks * bits) / 8), rows * blocks);
  return {
    node,
    hidden: node.input[0] ?? '',
    hiddenDataType: scale.dataType,
    weight: dequantizeNBits({ rows, columns, bits, blockSize, readPacked, scales, zeroPoints }),
    layout: 'vocabulary-first',
    initializer: node.input[1] ?? '',
    bias: node.input[5] || undefined,
  };
}

function nbitsZeroPoints(file: ModelFile, scope: GraphScope, node: OnnxNode, packedLength: number, count: number) {
  if (!node.input[3]) return undefined;
  const tensor = constantInput(file, scope, node, 3);
  const isPacked = tensor.dataType === ONNX_TYPE.uint8;
  const bytes = tensorBytes(file, tensor);
  const zeroPoints = isPacked ? { packed: bytes.read(0, bytes.length) } : { values: tensorValues(file, tensor) };
  const length = 'packed' in zeroPoints ? zeroPoints.packed.length : zeroPoints.values.length;
  if (length !== (isPacked ? packedLength : count))
    throw cannotCut(file.path, 'MatMulNBits with misshapen zero points');
  return zeroPoints;
}

/**
 * Dynamic int8: `Mul(Cast(MatMulInteger(x, W)), Mul(scaleOfX, scaleOfW))`, where x is quantised by DynamicQuantizeLinear.
 * @returns undefined when `mul` is not the end of that pattern
 */
export function readIntegerProduct(file: ModelFile, scope: GraphScope, mul: OnnxNode): HeadProduct | undefined {
  const operands = mul.input.map((name) => scope.ownProducer(name));
  const casted = operands.find((node) => node?.opType === 'Cast');
  const scaling = operands.find((node) => node?.opType === 'Mul');
  const product = casted && scope.ownProducer(casted.input[0] ?? '');
  if (!scaling || product?.opType !== 'MatMulInteger') return undefined;
  const quantise = scope.ownProducer(product.input[0] ?? '');
  const scale = scaling.input.map((name) => scope.constant(name)).find((tensor) => tensor !== undefined);
  if (quantise?.opType !== 'DynamicQuantizeLinear' || !scale) return undefined;
  const stored = resolveMatrix(file, scope, product.input[1] ?? '');
  const zeroPoint = product.input[3] ? constantInput(file, scope, product, 3) : undefined;
  const along = stored.transposed ? 'row' : 'column';
  return {
    node: product,
    hidden: quantise.input[0] ?? '',
    hiddenDataType: ONNX_TYPE.float32,
    weight: dequantizeLinear(stored.matrix, linearQuantisation(file, scale, zeroPoint, along)),
    layout: stored.transposed ? 'vocabulary-first' : 'hidden-first',
    initializer: stored.initializer,
    bias: undefined,
  };
}
