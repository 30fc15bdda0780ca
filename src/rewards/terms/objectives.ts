import { combineTerms, type TermValues } from './combine-terms.js';
import type { RewardTerm, TermItem, TermLog } from './reward-term.js';
import type { CombinationRule } from './term-kind.js';

/** What a checkpoint keeps of a run's objectives. */
export interface ObjectivesState {
  readonly weights: Readonly<Record<string, number>>;
  /** By name, of the terms that remember something. */
  readonly terms: Readonly<Record<string, unknown>>;
}

/** The terms of a run with the weights they have now. */
export class Objectives {
  private current: Readonly<Record<string, number>>;
  private readonly ranges: Readonly<Record<string, readonly [number, number]>>;

  constructor(
    private readonly terms: readonly RewardTerm[],
    private readonly settings: { readonly terms: Readonly<Record<string, number>>; readonly combine: CombinationRule },
  ) {
    this.current = { ...settings.terms };
    this.ranges = Object.fromEntries(terms.map(({ name, range }) => [name, range]));
  }

  get weights(): Readonly<Record<string, number>> {
    return this.current;
  }

  get rule(): CombinationRule {
    return this.settings.combine;
  }

  /** Whether a term reads what the target LM wrote. */
  get readsOutputs(): boolean {
    return this.terms.some(({ readsOutputs }) => readsOutputs);
  }

  /** For displays: name, weight and range of each term. */
  describe(): { name: string; weight: number; range: readonly [number, number] }[] {
    return this.terms.map(({ name, range }) => ({ name, weight: this.current[name]!, range }));
  }

  /** sha256 by term, of those that depend on more than the run's own models. */
  digests(): Record<string, string> {
    return Object.fromEntries(this.terms.flatMap(({ name, digest }) => (digest === undefined ? [] : [[name, digest]])));
  }

  /** The values of all terms for each item, weights or not: a weight may rise later. */
  async measure(items: readonly TermItem[], signal?: AbortSignal): Promise<TermValues[]> {
    const columns: [name: string, values: readonly number[]][] = [];
    for (const term of this.terms) columns.push([term.name, await term.score(items, signal ? { signal } : {})]);
    return items.map(({ evaluation }, i) => ({
      ...Object.fromEntries(columns.map(([name, values]) => [name, values[i]!])),
      ...(this.rule === 'hypervolume' ? { volume: evaluation.volume! } : {}),
    }));
  }

  rewardOf = (values: TermValues): number =>
    combineTerms(values, { rule: this.rule, weights: this.current, ranges: this.ranges });

  /** The terms that pay for answers of their own, each with a log to be given. */
  get payingTerms(): readonly { readonly name: string; attach(log: TermLog): void }[] {
    return this.terms.flatMap(({ name, attach }) => (attach ? [{ name, attach }] : []));
  }

  /** What the terms report beside their values. */
  metrics(): Record<string, number> {
    return Object.assign({}, ...this.terms.map((term) => term.metrics?.() ?? {}));
  }

  /** @param weights of all terms, checked */
  setWeights(weights: Readonly<Record<string, number>>): void {
    this.current = Object.fromEntries(this.terms.map(({ name }) => [name, weights[name]!]));
  }

  save(): ObjectivesState {
    const saved = this.terms.flatMap((term) => (term.save ? [[term.name, term.save()] as const] : []));
    return { weights: this.current, terms: Object.fromEntries(saved) };
  }

  restore({ weights, terms }: ObjectivesState): void {
    this.setWeights(weights);
    for (const term of this.terms) if (Object.hasOwn(terms, term.name)) term.restore?.(terms[term.name]);
  }
}
