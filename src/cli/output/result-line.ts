import type { RunResult } from '../../events.js';
import { countOf } from '../../group-digits.js';
import { safeText } from '../../ui/draw/safe-text.js';

/** A finished run in one line: the prompt, its dev and test scores, and the run folder. */
export function resultLine({ best, runDir, ensemble }: RunResult): string {
  const { n, ...test } = best.test;
  return [
    best.policy ? describePolicy(best.prompt, best.policy) : `best prompt ${quotePrompt(best.prompt)}`,
    `dev ${formatScores(best.dev)}`,
    `test ${formatScores(test)}${n === undefined ? '' : ` on ${countOf(n, 'example')}`}`,
    ...(ensemble ? [`${ensemble.prompts.length} prompts together ${describeEnsemble(ensemble)}`] : []),
    safeText(runDir),
  ].join(' · ');
}

/** A policy is named by how many prompts it writes for the dev inputs, and the most frequent. */
export function describePolicy(prompt: string, { prompts, step }: { prompts: number; step: number }): string {
  const count = prompts === 1 ? 'one prompt for all inputs' : `${prompts} prompts, mostly`;
  return `best policy (step ${step}): ${count} ${quotePrompt(prompt)}`;
}

function describeEnsemble({ dev, test: { n: _, ...test } }: NonNullable<RunResult['ensemble']>): string {
  return `dev ${formatScores(dev)}, test ${formatScores(test)}`;
}

/** A prompt between quotes, with nothing in it that could drive a terminal. */
export function quotePrompt(prompt: string): string {
  return safeText(JSON.stringify(prompt));
}

/** `accuracy 0.906`, or several of them. */
export function formatScores(scores: Readonly<Record<string, number>>): string {
  return Object.entries(scores)
    .map(([name, score]) => `${name} ${score.toFixed(3)}`)
    .join(', ');
}
