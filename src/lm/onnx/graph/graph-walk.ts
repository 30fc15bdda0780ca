import { type OnnxGraph, type OnnxNode, type OnnxTensor, subgraphsOf } from './proto.js';

/** All nodes of a graph, those of its subgraphs too. */
export function* allNodes(graph: OnnxGraph): Generator<OnnxNode> {
  for (const node of graph.node) {
    yield node;
    for (const subgraph of subgraphsOf(node)) yield* allNodes(subgraph);
  }
}

/** Every tensor of a graph: constants, and those in attributes of nodes, subgraphs included. */
export function* allTensors(graph: OnnxGraph): Generator<OnnxTensor> {
  yield* graph.initializer;
  for (const node of graph.node) {
    for (const attribute of node.attribute) if (attribute.t) yield attribute.t;
    for (const subgraph of subgraphsOf(node)) yield* allTensors(subgraph);
  }
}
