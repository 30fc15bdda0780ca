import { zip } from '../../statistics/zip.js';
/** A beginning of prompts. */
export interface TreeNode {
  /** Prompts below it that were scored. */
  visits: number;
  /** Sum of their raw rewards. */
  total: number;
  /** Prompts below it that are proposed and not scored yet. */
  pending: number;
  /** No new prompt lies below it. */
  isClosed: boolean;
  readonly children: Map<number, TreeNode>;
}

/** What may follow a beginning, with the probabilities of the language model. */
export interface Continuations {
  readonly tokenIds: readonly number[];
  readonly priors: Float64Array;
}

/** From the root down; `tokenIds` is one shorter than `nodes`. */
export interface TreePath {
  readonly nodes: readonly TreeNode[];
  readonly tokenIds: readonly number[];
}

type SavedNode = [prefix: readonly number[], visits: number, total: number, isClosed: boolean];

/** AlphaZero's constants, for values in [0, 1]. */
const EXPLORATION = 1.25;
const EXPLORATION_BASE = 19_652;

/**
 * Statistics of prompts by their beginnings, and the choice of where to look next: PUCT (Silver et al., Science 362, 2018),
 * argmax Q + c P √N / (1 + n), c = ln((1 + N + base) / base) + init. Q is the mean reward
 * below a node, mapped to [0, 1] by the least and largest seen; prompts that are not scored yet count as the least. (The
 * maximum as Q stays with the first beginning that had a good prompt.)
 */
export class PromptTree {
  private root = newNode();
  private least = Number.POSITIVE_INFINITY;
  private largest = Number.NEGATIVE_INFINITY;

  constructor(private readonly depth: number) {}

  get isExhausted(): boolean {
    return this.root.isClosed;
  }

  /** Descends to a beginning not looked at before, or to a whole prompt; undefined when all were seen. */
  async select(continuationsOf: (prefix: readonly number[]) => Promise<Continuations>): Promise<TreePath | undefined> {
    const nodes = [this.root];
    const tokenIds: number[] = [];
    let node = this.root;
    while (!this.root.isClosed) {
      const isWhole = tokenIds.length === this.depth;
      if (isWhole || node.visits + node.pending === 0) return { nodes, tokenIds: [...tokenIds] };
      const tokenId = this.choose(node, await continuationsOf(tokenIds));
      if (tokenId === undefined) {
        node.isClosed = true;
        node = this.root;
        nodes.length = 1;
        tokenIds.length = 0;
        continue;
      }
      node = childOf(node, tokenId);
      tokenIds.push(tokenId);
      nodes.push(node);
    }
    return undefined;
  }

  /** A prompt below the path was proposed: others are looked for until its reward is known. */
  propose({ nodes, tokenIds }: TreePath): void {
    for (const node of nodes) node.pending += 1;
    this.close({ nodes, tokenIds });
  }

  /** @param wasProposed says that `propose` was called for it */
  backUp({ nodes, tokenIds }: TreePath, reward: number, { wasProposed }: { wasProposed: boolean }): void {
    this.least = Math.min(this.least, reward);
    this.largest = Math.max(this.largest, reward);
    for (const node of nodes) {
      node.visits += 1;
      node.total += reward;
      if (wasProposed) node.pending -= 1;
    }
    this.close({ nodes, tokenIds });
  }

  /** There is nothing below a whole prompt to look at; below any other path there is. */
  close({ nodes, tokenIds }: TreePath): void {
    const last = nodes.at(-1);
    if (last && tokenIds.length === this.depth) last.isClosed = true;
  }

  /** The nodes of a whole prompt, made where they are not there yet. */
  pathOf(tokenIds: readonly number[]): TreePath {
    let node = this.root;
    const below = tokenIds.map((tokenId) => {
      node = childOf(node, tokenId);
      return node;
    });
    return { nodes: [this.root, ...below], tokenIds };
  }

  /** Entropy in nats of the first token over the scored prompts. */
  rootEntropy(): number {
    const counts = [...this.root.children.values()].map(({ visits }) => visits).filter((visits) => visits > 0);
    const all = counts.reduce((sum, count) => sum + count, 0);
    return counts.reduce((sum, count) => sum - (count / all) * Math.log(count / all), 0);
  }

  /**
   * Rewards were computed again: the visits stay, and a node's mean becomes that of the prompts below it. What visits counted
   * twice counts once in it.
   */
  reweigh(prompts: readonly { readonly tokenIds: readonly number[]; readonly reward: number }[]): void {
    const below = new Map<TreeNode, { count: number; total: number }>();
    this.least = Number.POSITIVE_INFINITY;
    this.largest = Number.NEGATIVE_INFINITY;
    for (const { tokenIds, reward } of prompts) {
      this.least = Math.min(this.least, reward);
      this.largest = Math.max(this.largest, reward);
      for (const node of this.knownPath(tokenIds)) {
        const { count, total } = below.get(node) ?? { count: 0, total: 0 };
        below.set(node, { count: count + 1, total: total + reward });
      }
    }
    for (const [node, { count, total }] of below) node.total = (node.visits * total) / count;
  }

  /** The nodes of a prompt as far as they are there. */
  private knownPath(tokenIds: readonly number[]): TreeNode[] {
    const nodes = [this.root];
    let node: TreeNode | undefined = this.root;
    for (const tokenId of tokenIds) {
      node = node.children.get(tokenId);
      if (!node) break;
      nodes.push(node);
    }
    return nodes;
  }

  /** Between two steps only: nothing may be pending. */
  save(): { nodes: SavedNode[]; range: [number, number] | null } {
    const nodes: SavedNode[] = [];
    const visit = (node: TreeNode, prefix: readonly number[]): void => {
      nodes.push([prefix, node.visits, node.total, node.isClosed]);
      for (const [tokenId, child] of node.children) visit(child, [...prefix, tokenId]);
    };
    visit(this.root, []);
    return { nodes, range: this.root.visits > 0 ? [this.least, this.largest] : null };
  }

  restore({ nodes, range }: ReturnType<PromptTree['save']>): void {
    this.root = newNode();
    [this.least, this.largest] = range ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [prefix, visits, total, isClosed] of nodes) {
      Object.assign(this.pathOf(prefix).nodes.at(-1) ?? this.root, { visits, total, isClosed });
    }
  }

  private choose(node: TreeNode, { tokenIds, priors }: Continuations): number | undefined {
    const count = node.visits + node.pending;
    const exploration = Math.log((1 + count + EXPLORATION_BASE) / EXPLORATION_BASE) + EXPLORATION;
    let chosen: number | undefined;
    let highest = Number.NEGATIVE_INFINITY;
    for (const [tokenId, prior] of zip(tokenIds, priors)) {
      const child = node.children.get(tokenId);
      if (child?.isClosed) continue;
      const tries = child ? child.visits + child.pending : 0;
      const score = (child ? this.value(child) : 0) + (exploration * prior * Math.sqrt(count)) / (1 + tries);
      if (score > highest) [chosen, highest] = [tokenId, score];
    }
    return chosen;
  }

  private value({ visits, pending, total }: TreeNode): number {
    const range = this.largest - this.least;
    if (visits === 0 || range <= 0) return 0;
    return ((total / visits - this.least) / range) * (visits / (visits + pending));
  }
}

function newNode(): TreeNode {
  return { visits: 0, total: 0, pending: 0, isClosed: false, children: new Map() };
}

function childOf(node: TreeNode, tokenId: number): TreeNode {
  const known = node.children.get(tokenId);
  if (known) return known;
  const child = newNode();
  node.children.set(tokenId, child);
  return child;
}
