import type { RunConfig } from '../../config/run-config.js';
import type { PromptSummary, RunResult } from '../../events.js';
import { type EnsembleScores, ensembleScores } from '../../rewards/classification/ensemble-scores.js';
import type { Evaluator, Example, TaskSplits } from '../../task/types.js';

interface EnsembleRun {
  readonly config: Pick<RunConfig, 'ensemble' | 'correct' | 'incorrect'>;
  readonly task: { readonly splits: TaskSplits };
  readonly evaluator: Evaluator;
}

/** The best prompts together, where the user wants to know; chosen by their own dev scores, not by that of the whole. */
export async function measureEnsemble(
  run: EnsembleRun,
  topCandidates: readonly PromptSummary[],
): Promise<Pick<RunResult, 'ensemble'>> {
  const { ensemble: count } = run.config;
  if (count === undefined) return {};
  const members = topCandidates.slice(0, count);
  const prompts = members.map(({ text }) => text);
  const { dev, test } = run.task.splits;
  const onTest = await scoresOn(run, members, test);
  return {
    ensemble: { prompts, dev: { ...(await scoresOn(run, members, dev)) }, test: { ...onTest, n: test.length } },
  };
}

async function scoresOn(
  { evaluator, config }: EnsembleRun,
  members: readonly PromptSummary[],
  examples: readonly Example[],
): Promise<EnsembleScores> {
  const items = members.map(({ text, reading }) => ({ text, examples, reading }));
  return ensembleScores(await evaluator.evaluate(items, { details: true }), config);
}
