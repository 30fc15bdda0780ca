import type { ModelFile } from '../graph/file/model-file-types.js';
import { GraphScope } from '../graph/graph-scope.js';
import { allNodes } from '../graph/graph-walk.js';
import {
  ONNX_TYPE,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxValueInfo,
  subgraphsOf,
} from '../graph/proto.js';
import { pruneGraph } from '../graph/prune-graph.js';
import { dimsOfValue } from '../graph/value-info.js';
import { cannotCut } from './head-error.js';
import { type HeadMatch, matchHead } from './head-match.js';

export interface SplitGraph {
  readonly model: OnnxModel;
  readonly head: HeadMatch;
  readonly hiddenOutput: string;
}

/** Finds the output layer of a model's graph, whether it lies in the graph itself or in the branches of an If. */
function findHead(file: ModelFile): { head: HeadMatch; branches: OnnxNode | undefined; output: number } {
  const { graph } = file.model;
  const output = graph.output.findIndex(({ name }) => name === 'logits');
  if (output < 0) {
    const names = graph.output.map(({ name }) => name).join(', ');
    throw cannotCut(
      file.path,
      `it has no output "logits" (its outputs: ${names})`,
      'use it as an encoder, or use an LM export',
    );
  }
  const dims = dimsOfValue(graph.output[output]!);
  if (dims?.length === 2) {
    const next = 'use it as a classifier, which needs no cut';
    throw cannotCut(file.path, `its logits are [${dims.join(', ')}], one row per text: a classifier`, next);
  }
  const scope = new GraphScope(graph);
  const maker = scope.ownProducer('logits');
  if (maker?.opType !== 'If') return { head: matchHead(file, scope, 'logits'), branches: undefined, output };
  return { head: matchBranches(file, scope, maker), branches: maker, output };
}

/** Both branches of a merged decoder must end in the same output layer. */
function matchBranches(file: ModelFile, scope: GraphScope, node: OnnxNode): HeadMatch {
  const at = node.output.indexOf('logits');
  const heads = subgraphsOf(node).map((branch) => {
    const name = branch.output[at]?.name ?? '';
    return { branch, match: matchHead(file, new GraphScope(branch, scope), name) };
  });
  const [first, ...others] = heads;
  if (!first) throw cannotCut(file.path, 'its If has no branches');
  for (const { match } of others) {
    if (match.initializer === first.match.initializer && match.hidden === first.match.hidden) continue;
    throw cannotCut(
      file.path,
      `the branches of its If end in different layers (${first.match.node.name}, ${match.node.name})`,
    );
  }
  return first.match;
}

/**
 * The graph without its output layer: `logits` gives way to the hidden states in float32, outputs that are not kept and
 * everything only they needed are gone. The file's own graph is changed in place.
 */
export function splitGraph(file: ModelFile, keepOutputs: readonly string[]): SplitGraph {
  const { graph } = file.model;
  const { head, branches, output } = findHead(file);
  const scope = new GraphScope(graph);
  let exposed = head.hidden;
  if (branches) {
    exposed = freshName(graph, 'hidden_states_in_branch');
    const at = branches.output.indexOf('logits');
    branches.output[at] = exposed;
    for (const branch of subgraphsOf(branches)) branch.output[at] = untyped(head.hidden, head.hiddenDataType);
  } else if (!scope.ownProducer(exposed)) {
    throw cannotCut(file.path, `its hidden states ${JSON.stringify(exposed)} are no value of the graph`);
  }
  const hiddenOutput = addFloatOutput(graph, exposed, head);
  const kept = graph.output.filter(({ name }, i) => i !== output && keepOutputs.includes(name));
  graph.output = [untyped(hiddenOutput, ONNX_TYPE.float32), ...kept];
  pruneGraph(graph);
  return { model: file.model, head, hiddenOutput };
}

/** Half-precision hidden states are cast, which is exact, so that whoever reads them needs one type only. */
function addFloatOutput(graph: OnnxGraph, exposed: string, head: HeadMatch): string {
  const name = freshName(graph, 'hidden_states');
  const isFloat = head.hiddenDataType === ONNX_TYPE.float32;
  const to = { name: 'to', type: 2, i: ONNX_TYPE.float32 };
  graph.node.push({
    name,
    opType: isFloat ? 'Identity' : 'Cast',
    input: [exposed],
    output: [name],
    attribute: isFloat ? [] : [to],
  });
  return name;
}

/** An output whose shape the runtime infers: the declared one was that of the logits. */
function untyped(name: string, elemType: number): OnnxValueInfo {
  return { name, type: { tensorType: { elemType } } };
}

function freshName(graph: OnnxGraph, wanted: string): string {
  const taken = new Set([...allNodes(graph)].flatMap((node) => node.output));
  for (const { name } of [...graph.input, ...graph.initializer]) taken.add(name ?? '');
  let name = wanted;
  for (let i = 1; taken.has(name); i++) name = `${wanted}_${i}`;
  return name;
}
