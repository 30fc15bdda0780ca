import { isDeepStrictEqual } from 'node:util';
import { RlpromptError } from '../errors.js';
import type { Rng } from '../random/rng.js';
import { drawPhrase } from '../trainers/policy/phrase-scores.js';
import type { Choice } from './policy/phrase-policy.js';

/** What followed a beginning of an episode. */
interface Node {
  visits: number;
  /** Sum of the returns of the episodes through it. */
  total: number;
  /** All that can follow it was seen. */
  isClosed: boolean;
  /** What is offered there; undefined until the node is passed. */
  actions?: readonly string[];
  /** By the action's position; empty until the node is passed. */
  children: (Node | undefined)[];
}

/** Weight of the policy against what is known, for returns mapped to [0, 1] (AlphaZero's). */
const EXPLORATION = 1.25;

/**
 * Monte-Carlo tree search over the actions of one task (E2WM, arXiv 2305.10626, section 3.1), in a world that answers equal
 * actions equally: PUCT with the policy as prior down to a node not seen before, from there the policy itself, and the return
 * goes up the path. A node below which there is nothing new is closed, so the search looks elsewhere.
 */
export class ActionTree {
  private readonly root = newNode();
  private path: Node[] = [this.root];
  /** The actions along the path. */
  private taken: string[] = [];
  /** The next action is the policy's, below a node that is new. */
  private isBelow = false;
  private least = Number.POSITIVE_INFINITY;
  private largest = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly logProbs: (choice: Choice) => Float64Array,
    private readonly rng: Rng,
  ) {}

  /** Every episode was seen. */
  get isExhausted(): boolean {
    return this.root.isClosed;
  }

  /** @throws RlpromptError `E_ENVIRONMENT_UNEQUAL` where equal actions have led to other ones before */
  async choose(choice: Choice): Promise<number> {
    const logProbs = await this.logProbs(choice);
    const node = this.path.at(-1);
    if (!node || this.isNew(node)) {
      this.isBelow = true;
      return drawPhrase(logProbs, this.rng);
    }
    if (!node.actions) node.children = choice.actions.map(() => undefined);
    else if (!isDeepStrictEqual(node.actions, choice.actions)) throw unequal(this.taken);
    node.actions = choice.actions;
    const action = this.select(node, logProbs);
    const child = node.children[action] ?? newNode();
    node.children[action] = child;
    this.path.push(child);
    this.taken.push(choice.actions[action] ?? '');
    return action;
  }

  /** The episode is over; the next call of `choose` begins another. */
  end(total: number): void {
    this.least = Math.min(this.least, total);
    this.largest = Math.max(this.largest, total);
    const last = this.path.at(-1);
    for (const node of this.path.toReversed()) {
      node.visits += 1;
      node.total += total;
      // A last node after which no action was asked for ends its episode.
      node.isClosed = node === last ? !this.isBelow : node.children.every((child) => child?.isClosed);
    }
    this.path = [this.root];
    this.taken = [];
    this.isBelow = false;
  }

  private isNew(node: Node): boolean {
    return node !== this.root && node.visits === 0;
  }

  private select(node: Node, logProbs: Float64Array): number {
    const scores = node.children.map((child, action) => {
      if (child?.isClosed) return Number.NEGATIVE_INFINITY;
      const prior = Math.exp(logProbs[action] ?? Number.NEGATIVE_INFINITY);
      return this.value(child) + (EXPLORATION * prior * Math.sqrt(node.visits)) / (1 + (child?.visits ?? 0));
    });
    return scores.indexOf(Math.max(...scores));
  }

  private value(node: Node | undefined): number {
    const range = this.largest - this.least;
    return node && node.visits > 0 && range > 0 ? (node.total / node.visits - this.least) / range : 0;
  }
}

function newNode(): Node {
  return { visits: 0, total: 0, isClosed: false, children: [] };
}

function unequal(taken: readonly string[]): RlpromptError {
  const when = taken.length === 0 ? 'at the start' : `after ${JSON.stringify(taken.slice(-3).join(', ').slice(-60))}`;
  return new RlpromptError({
    code: 'E_ENVIRONMENT_UNEQUAL',
    exit: 'internal',
    message: `equal actions must lead to equal answers, but ${when} other actions are offered than in an earlier episode`,
    where: `step ${taken.length + 1} of an episode`,
    next: 'let the environment draw nothing at random, or learn with --learner ppo',
  });
}
