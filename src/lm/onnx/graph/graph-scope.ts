import type { OnnxGraph, OnnxNode, OnnxTensor } from './proto.js';
import { attributeOf } from './proto.js';

/** Who makes each value of a graph; a branch of an If also sees the values of the graph around it. */
export class GraphScope {
  readonly graph: OnnxGraph;
  readonly #around: GraphScope | undefined;
  readonly #producers = new Map<string, OnnxNode>();
  readonly #initializers = new Map<string, OnnxTensor>();

  constructor(graph: OnnxGraph, around?: GraphScope) {
    this.graph = graph;
    this.#around = around;
    for (const tensor of graph.initializer) this.#initializers.set(tensor.name ?? '', tensor);
    for (const node of graph.node) {
      for (const name of node.output) if (name) this.#producers.set(name, node);
    }
  }

  /** The node that makes a value, in this graph or around it. */
  producer(name: string): OnnxNode | undefined {
    return this.#producers.get(name) ?? (this.#initializers.has(name) ? undefined : this.#around?.producer(name));
  }

  /** The node of this very graph that makes a value. */
  ownProducer(name: string): OnnxNode | undefined {
    return this.#producers.get(name);
  }

  /** A constant: an initializer, or what a Constant node holds. */
  constant(name: string): OnnxTensor | undefined {
    const own = this.#initializers.get(name);
    if (own) return own;
    const node = this.#producers.get(name);
    if (!node) return this.#around?.constant(name);
    return node.opType === 'Constant' ? attributeOf(node, 'value')?.t : undefined;
  }
}
