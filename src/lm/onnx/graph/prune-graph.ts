import { type OnnxGraph, type OnnxNode, subgraphsOf } from './proto.js';

/**
 * Removes, in place, every node, constant and description that the graph's outputs do not need, in the branches of
 * control flow too. Inputs stay, except those that only gave a default to a constant that is gone.
 */
export function pruneGraph(graph: OnnxGraph): void {
  const wasConstant = new Set(graph.initializer.map((tensor) => tensor.name ?? ''));
  const needed = neededNames(graph);
  graph.node = graph.node.filter((node) => isNeeded(node, needed));
  graph.initializer = graph.initializer.filter((tensor) => needed.has(tensor.name ?? ''));
  graph.input = graph.input.filter(({ name }) => needed.has(name) || !wasConstant.has(name));
  graph.valueInfo = (graph.valueInfo ?? []).filter(({ name }) => needed.has(name));
  graph.quantizationAnnotation = (graph.quantizationAnnotation ?? []).filter(({ tensorName }) =>
    needed.has(tensorName),
  );
}

/** Names of the values that the outputs are made of, subgraphs pruned on the way. */
function neededNames(graph: OnnxGraph): Set<string> {
  const producers = new Map<string, OnnxNode>();
  for (const node of graph.node) for (const name of node.output) if (name) producers.set(name, node);
  const needed = new Set<string>();
  const open = graph.output.map(({ name }) => name);
  const visited = new Set<OnnxNode>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    needed.add(name);
    const node = producers.get(name);
    if (!node || visited.has(node)) continue;
    visited.add(node);
    open.push(...node.input.filter(Boolean));
    for (const subgraph of subgraphsOf(node)) {
      pruneGraph(subgraph);
      open.push(...namesUsed(subgraph));
    }
  }
  return needed;
}

function isNeeded(node: OnnxNode, needed: ReadonlySet<string>): boolean {
  return node.output.some((name) => needed.has(name));
}

/** Every name a subgraph reads; those of its own are harmless, they are not found outside. */
function namesUsed(graph: OnnxGraph): string[] {
  const inner = graph.node.flatMap((node) => [...node.input, ...subgraphsOf(node).flatMap(namesUsed)]);
  return [...graph.output.map(({ name }) => name), ...inner].filter(Boolean);
}
