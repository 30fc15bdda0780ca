import { nearestWord } from '../../errors.js';
import { LARGEST_SCALE } from '../../options/value-schemas.js';
import { OBJECTIVE_NAMES } from './objective-names.js';

/** What is wrong with the weights of a run's objectives; undefined where nothing is. */
export function findWeightProblem(
  weights: Readonly<Record<string, number>>,
  rule: 'sum' | 'product' | 'hypervolume',
  known: readonly string[] = OBJECTIVE_NAMES,
): string | undefined {
  const unknown = Object.keys(weights).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearestWord(unknown, known);
    return `no objective ${JSON.stringify(unknown)}${near ? `, did you mean ${near}?` : ''}; there are ${known.join(', ')}`;
  }
  for (const [name, weight] of Object.entries(weights)) {
    if (!Number.isFinite(weight) || weight < 0) return `the weight of ${name} is ${weight}, expected 0 or more`;
    if (weight > LARGEST_SCALE) return `the weight of ${name} is ${weight}, expected ${LARGEST_SCALE} at most`;
  }
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return 'the weights sum to zero: nothing would be rewarded';
  return rule === 'hypervolume' ? hypervolumeProblem(weights) : undefined;
}

/** The area that outputs dominate in content × style has one weight. */
function hypervolumeProblem({ content, style }: Readonly<Record<string, number>>): string | undefined {
  if (content === undefined || style === undefined) {
    return 'combine hypervolume needs the objectives content and style, which every sampled output has; other objectives have one value a prompt, for which it is product';
  }
  return content === style
    ? undefined
    : `with combine hypervolume content (${content}) and style (${style}) have one weight`;
}
