import type { ModelFile } from '../graph/file/model-file-types.js';
import type { GraphScope } from '../graph/graph-scope.js';
import type { OnnxNode } from '../graph/proto.js';
import { cannotCut } from './head-error.js';
import { resolveVector } from './head-weight.js';

/** What the logits go through after the product, other than biases. */
export interface LogitFactors {
  /** What the product is multiplied by (Granite, Cohere). */
  readonly scale: number;
  /** Logits are `cap · tanh(logits / cap)` (Gemma 2). */
  readonly softCap: number | undefined;
}

/** A step back from the logits over a multiplication or a soft cap; undefined where the node is neither. */
export function stepOverFactor(
  file: ModelFile,
  scope: GraphScope,
  node: OnnxNode,
  { scale, softCap }: LogitFactors,
): (LogitFactors & { readonly input: string }) | undefined {
  const outer = readFactor(file, scope, node);
  if (!outer) return undefined;
  const tanh = scope.ownProducer(outer.input);
  if (tanh?.opType !== 'Tanh') return { scale: scale * outer.factor, softCap, input: outer.input };
  const divide = scope.ownProducer(tanh.input[0] ?? '');
  const inner = divide && readFactor(file, scope, divide);
  const isCap = inner && Math.abs(inner.factor * outer.factor - 1) < 1e-3;
  if (!isCap || scale !== 1 || softCap !== undefined)
    throw cannotCut(file.path, `Tanh ${JSON.stringify(tanh.name ?? '')} before the logits is not a soft cap`);
  return { scale, softCap: outer.factor, input: inner.input };
}

/** A product with one constant number, or a quotient by one. */
function readFactor(file: ModelFile, scope: GraphScope, node: OnnxNode): { factor: number; input: string } | undefined {
  if (node.opType !== 'Mul' && node.opType !== 'Div') return undefined;
  const [left = '', right = ''] = node.input;
  const number = (name: string) => {
    const values = resolveVector(file, scope, name);
    return values?.length === 1 ? values[0] : undefined;
  };
  const second = number(right);
  if (second !== undefined) return { factor: node.opType === 'Div' ? 1 / second : second, input: left };
  const first = node.opType === 'Mul' ? number(left) : undefined;
  return first === undefined ? undefined : { factor: first, input: right };
}
