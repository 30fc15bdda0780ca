import type { CombinationRule } from './contract/objective-kind.js';

/** Raw values of named objectives for one prompt, each in its own unit. */
export type ObjectiveValues = Readonly<Record<string, number>>;

export interface Combination {
  readonly rule: CombinationRule;
  /** By objective; all at least 0, one above. */
  readonly weights: Readonly<Record<string, number>>;
  readonly ranges: Readonly<Record<string, readonly [min: number, max: number]>>;
}

/** The objectives that are measured on every sampled output; `dominatedArea` stands for both of them. */
const SAMPLED = ['content', 'style'];

/**
 * One reward out of several objectives, 0 to 100. With u_k = (t_k - min_k) / (max_k - min_k), cut to [0, 1], and weights w_k:
 *
 * - sum: 100 Σ_k w_k u_k / Σ_k w_k
 * - product: 100 Π_k u_k^{w_k}; with all weights 1 the product of rewards as in MORL-Prompt (Jafari et al., arXiv 2402.11711),
 *   taken of a prompt's values (means over its outputs), since most objectives have one a prompt
 * - hypervolume: 100 A^w Π_k u_k^{w_k}, k over the objectives that have one value a prompt; A is `values.volume`, the area that the
 *   sampled outputs dominate in content × style, w the weight of both. With all weights 1 this is the hypervolume of
 *   MORL-Prompt with the origin as reference: a box's side is the same for all outputs where an objective has one value.
 *
 * An objective of weight 0 is measured and does not count.
 */
export function combineObjectives(values: ObjectiveValues, { rule, weights, ranges }: Combination): number {
  const unit = (name: string): number => unitValue(values[name] ?? Number.NaN, ranges[name] ?? [0, 1]);
  const weighted = Object.entries(weights);
  if (rule === 'sum') {
    const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
    return (100 * weighted.reduce((sum, [name, weight]) => sum + weight * unit(name), 0)) / total;
  }
  const single = rule === 'product' ? weighted : weighted.filter(([name]) => !SAMPLED.includes(name));
  const { volume = Number.NaN } = values;
  const area = rule === 'product' ? 1 : volume ** (weights.content ?? 1);
  return 100 * single.reduce((product, [name, weight]) => product * unit(name) ** weight, area);
}

/** An objective's value as a share of its range. */
export function unitValue(value: number, [min, max]: readonly [min: number, max: number]): number {
  return Math.min(1, Math.max(0, (value - min) / (max - min)));
}
