import { constantIntegers } from '../graph/constant-integers.js';
import { GraphBuilder, valueInfo } from '../graph/graph-builder.js';
import { GraphScope } from '../graph/graph-scope.js';
import { attributeOf, type OnnxGraph, type OnnxNode, subgraphsOf, toNumber } from '../graph/proto.js';

const INPUT = 'first_kept';
const PREFIX = '/rlprompt/kept/';

/** Operators that give each position of [rows, positions, width] its result from that position alone. */
const POINTWISE = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Neg', 'Sqrt', 'Reciprocal', 'Identity', 'Cast', 'Clip'],
  ...['Relu', 'Sigmoid', 'Tanh', 'Erf', 'Gelu', 'FastGelu', 'BiasGelu', 'QuickGelu', 'HardSigmoid'],
]);
/** … and those that mix the last axis only. */
const ALONG_WIDTH = new Set([
  ...['LayerNormalization', 'SimplifiedLayerNormalization', 'RMSNormalization', 'ReduceMean', 'Split'],
  ...['SkipLayerNormalization', 'SkipSimplifiedLayerNormalization'],
]);
/** Products of positions with weights, which are constants. */
const PRODUCTS = new Set(['MatMul', 'MatMulNBits']);

/**
 * Makes the end of a body, from the last attention's result on, compute only positions from `first_kept` on (0:
 * all; -1: the last). A layer's keys and values are needed of every token, the rest of the last layer only
 * where its hidden state is read.
 * @returns the input's name; undefined where the end of the graph has no such part
 */
export function keepFrom(graph: OnnxGraph, hidden: string): string | undefined {
  const constants = constantNames(graph);
  const end = endOf(graph, hidden, constants);
  if (end.size === 0) return undefined;
  const builder = new GraphBuilder('kept', PREFIX);
  const axis = builder.constant('axis', BigInt64Array.of(1n), [1]);
  const stop = builder.constant('end', BigInt64Array.of(2n ** 62n), [1]);
  const inside = new Set([...end].flatMap((node) => node.output));
  const cuts = new Map<string, string>();
  const cut = (name: string) => {
    const known = cuts.get(name) ?? builder.node('Slice', [name, INPUT, stop, axis]);
    cuts.set(name, known);
    return known;
  };
  graph.node = graph.node.flatMap((node) => {
    if (!end.has(node)) return [node];
    node.input = node.input.map((name) => (!name || inside.has(name) || constants.has(name) ? name : cut(name)));
    return [...builder.takeNodes(), node];
  });
  graph.initializer.push(...builder.parts.constants);
  graph.input.push(valueInfo(INPUT, 'int64', [1]));
  return INPUT;
}

/** The nodes that lead to `hidden` and to nothing else, position by position; empty unless a product is among them. */
function endOf(graph: OnnxGraph, hidden: string, constants: ReadonlySet<string>): Set<OnnxNode> {
  const consumers = new Map<string, OnnxNode[]>();
  for (const node of graph.node)
    for (const name of node.input) consumers.set(name, [...(consumers.get(name) ?? []), node]);
  const outputs = new Set(graph.output.map(({ name }) => name));
  const end = new Set<OnnxNode>();
  const scope = new GraphScope(graph);
  for (const node of [...graph.node].reverse()) {
    if (!isByPosition(node, scope, constants)) continue;
    const used = node.output.filter(Boolean);
    const leadsOn = used.every(
      (name) => !outputs.has(name) && (consumers.get(name) ?? []).every((next) => end.has(next)),
    );
    if (used.includes(hidden) || (leadsOn && used.some((name) => consumers.has(name)))) end.add(node);
  }
  return [...end].some(({ opType }) => PRODUCTS.has(opType)) ? end : new Set();
}

function isByPosition(node: OnnxNode, scope: GraphScope, constants: ReadonlySet<string>): boolean {
  const others = node.input.slice(1).filter(Boolean);
  if (POINTWISE.has(node.opType)) return node.input.some((name) => name && !constants.has(name));
  if (PRODUCTS.has(node.opType)) return !constants.has(node.input[0]!) && others.every((name) => constants.has(name));
  if (!ALONG_WIDTH.has(node.opType)) return false;
  if (node.opType === 'Split' || node.opType === 'ReduceMean') return alongLastAxis(node, scope);
  const given = toNumber(attributeOf(node, 'axis')?.i);
  return attributeOf(node, 'axis') === undefined || given === -1 || given === 2;
}

/** Whether a Split or a mean goes along the last axis of [rows, positions, width] and keeps all three. */
function alongLastAxis(node: OnnxNode, scope: GraphScope): boolean {
  const isMean = node.opType === 'ReduceMean';
  if (isMean && toNumber(attributeOf(node, 'keepdims')?.i ?? 1) !== 1) return false;
  const axes = { attribute: 'axes', input: 1 };
  const given = isMean ? constantIntegers(scope, node, axes) : [toNumber(attributeOf(node, 'axis')?.i)];
  return given?.length === 1 && (given[0] === -1 || given[0] === 2);
}

/** Values that do not depend on any input: initializers, and what is made of them alone. */
function constantNames(graph: OnnxGraph): Set<string> {
  const given = new Set(graph.input.map(({ name }) => name));
  const constants = new Set(graph.initializer.map(({ name }) => name ?? '').filter((name) => !given.has(name)));
  for (const node of graph.node) {
    const isConstant = node.input.every((name) => !name || constants.has(name)) && subgraphsOf(node).length === 0;
    if (isConstant) for (const name of node.output) constants.add(name);
  }
  return constants;
}
