import { combineObjectives, type ObjectiveValues } from './combine-objectives.js';
import type { Objective, ObjectiveItem, ObjectiveLog } from './contract/objective.js';
import type { CombinationRule } from './contract/objective-kind.js';

/** What a checkpoint keeps of a run's objectives. */
export interface WeightedObjectivesState {
  readonly weights: Readonly<Record<string, number>>;
  /** By name, of the objectives that remember something. */
  // The key that checkpoints have had since version 0.1.
  readonly terms: Readonly<Record<string, unknown>>;
}

/** The objectives of a run with the weights they have now. */
export class WeightedObjectives {
  private current: Readonly<Record<string, number>>;
  private readonly ranges: Readonly<Record<string, readonly [number, number]>>;

  constructor(
    private readonly objectives: readonly Objective[],
    private readonly settings: {
      readonly objectives: Readonly<Record<string, number>>;
      readonly combine: CombinationRule;
    },
  ) {
    this.current = { ...settings.objectives };
    this.ranges = Object.fromEntries(objectives.map(({ name, range }) => [name, range]));
  }

  get weights(): Readonly<Record<string, number>> {
    return this.current;
  }

  get rule(): CombinationRule {
    return this.settings.combine;
  }

  /** Whether an objective reads what the target LM wrote. */
  get readsOutputs(): boolean {
    return this.objectives.some(({ readsOutputs }) => readsOutputs);
  }

  /** For displays: name, weight and range of each objective. */
  describe(): { name: string; weight: number; range: readonly [number, number] }[] {
    return this.objectives.map(({ name, range }) => ({ name, weight: this.current[name] ?? 0, range }));
  }

  /** sha256 by objective, of those that depend on more than the run's own models. */
  digests(): Record<string, string> {
    return Object.fromEntries(
      this.objectives.flatMap(({ name, digest }) => (digest === undefined ? [] : [[name, digest]])),
    );
  }

  /** The values of all objectives for each item, weights or not: a weight may rise later. */
  async measure(items: readonly ObjectiveItem[], signal?: AbortSignal): Promise<ObjectiveValues[]> {
    const columns: [name: string, values: readonly number[]][] = [];
    for (const objective of this.objectives)
      columns.push([objective.name, await objective.score(items, signal ? { signal } : {})]);
    return items.map(({ evaluation }, i) => ({
      ...Object.fromEntries(columns.map(([name, values]) => [name, values[i]!])),
      ...(this.rule === 'hypervolume' ? { volume: evaluation.volume ?? Number.NaN } : {}),
    }));
  }

  rewardOf = (values: ObjectiveValues): number =>
    combineObjectives(values, { rule: this.rule, weights: this.current, ranges: this.ranges });

  /** The objectives that pay for answers of their own, each with a log to be given. */
  get payingObjectives(): readonly { readonly name: string; attach(log: ObjectiveLog): void }[] {
    return this.objectives.flatMap(({ name, attach }) => (attach ? [{ name, attach }] : []));
  }

  /** What the objectives report beside their values. */
  metrics(): Record<string, number> {
    return Object.assign({}, ...this.objectives.map((objective) => objective.metrics?.() ?? {}));
  }

  /** @param weights of all objectives, checked */
  setWeights(weights: Readonly<Record<string, number>>): void {
    this.current = Object.fromEntries(this.objectives.map(({ name }) => [name, weights[name] ?? 0]));
  }

  save(): WeightedObjectivesState {
    const saved = this.objectives.flatMap((objective) =>
      objective.save ? [[objective.name, objective.save()] as const] : [],
    );
    return { weights: this.current, terms: Object.fromEntries(saved) };
  }

  restore({ weights, terms }: WeightedObjectivesState): void {
    this.setWeights(weights);
    for (const objective of this.objectives)
      if (Object.hasOwn(terms, objective.name)) objective.restore?.(terms[objective.name]);
  }
}
