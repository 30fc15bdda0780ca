import { mean } from '../../statistics/mean.js';
import type { Evaluation } from '../../task/types.js';
import { classificationGap } from './classification-gap.js';

export interface EnsembleScores {
  readonly accuracy: number;
  /** Raw reward of the mean probabilities. */
  readonly reward: number;
}

/**
 * What several prompts are worth together: for each example the mean over the prompts of the label probabilities, then
 * accuracy and reward as for one prompt.
 *
 * @param evaluations of the same examples, with their outcomes
 */
export function ensembleScores(
  evaluations: readonly Evaluation[],
  settings: { readonly correct: number; readonly incorrect: number },
): EnsembleScores {
  const outcomes = evaluations.map((evaluation) => evaluation.outcomes ?? []);
  const gaps = outcomes[0]!.map(({ label, probabilities = {} }, example) => {
    const labels = Object.keys(probabilities);
    const means = labels.map(
      (name) => outcomes.reduce((sum, own) => sum + own[example]!.probabilities![name]!, 0) / outcomes.length,
    );
    return classificationGap(means, labels.indexOf(label!), settings);
  });
  return { accuracy: mean(gaps.map(({ correct }) => Number(correct))), reward: mean(gaps.map(({ reward }) => reward)) };
}
