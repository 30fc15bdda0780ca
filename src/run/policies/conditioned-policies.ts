import type { PromptSummary } from '../../events.js';
import type { NonEmpty } from '../../statistics/non-empty.js';
import type { ConditionedPolicy, TrainerState } from '../../trainers/contract/types.js';
import { compareCandidates, type SplitShares } from '../select/selection.js';

/** A policy as it was after a step, with its numbers. */
export interface KeptPolicy {
  readonly summary: PromptSummary;
  readonly parameters: TrainerState['arrays'];
}

const PREFIX = 'best.';

/** The policies that were evaluated in a run whose policy reads inputs; of the best by dev the parameters are kept. */
export class ConditionedPolicies {
  private evaluated: PromptSummary[] = [];
  private keptParameters: TrainerState['arrays'] = {};

  constructor(
    /** As it is now. */
    readonly policy: ConditionedPolicy,
    private readonly order: { readonly capacity: number; readonly metric: string; readonly shares: SplitShares },
  ) {}

  has(step: number): boolean {
    return this.evaluated.some((summary) => summary.step === step);
  }

  /**
   * The best first, at least one.
   * @throws TypeError before the first evaluation
   */
  ranking(count: number): NonEmpty<PromptSummary> {
    const [best, ...others] = this.evaluated.slice(0, count);
    if (!best) throw new TypeError('no policy was evaluated yet');
    return [best, ...others];
  }

  /** @throws TypeError before the first evaluation */
  best(): KeptPolicy {
    const [summary] = this.ranking(1);
    return { summary, parameters: this.keptParameters };
  }

  /** True where it is the best so far, and is kept. */
  note({ summary, parameters }: KeptPolicy): boolean {
    const { capacity, metric, shares } = this.order;
    const all = [...this.evaluated, summary].sort((a, b) => compareCandidates(a, b, metric, shares));
    this.evaluated = all.slice(0, capacity);
    const isBest = this.evaluated[0] === summary;
    if (isBest) this.keptParameters = parameters;
    return isBest;
  }

  save(): { json: PromptSummary[]; arrays: TrainerState['arrays'] } {
    const arrays = Object.entries(this.keptParameters).map(([name, values]) => [`${PREFIX}${name}`, values]);
    return { json: this.evaluated, arrays: Object.fromEntries(arrays) };
  }

  restore(json: readonly PromptSummary[], arrays: TrainerState['arrays']): void {
    this.evaluated = [...json];
    const kept = Object.entries(arrays).filter(([name]) => name.startsWith(PREFIX));
    this.keptParameters = Object.fromEntries(kept.map(([name, values]) => [name.slice(PREFIX.length), values]));
  }
}
