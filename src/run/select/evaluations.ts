import type { Baseline, PromptSummary, RunResult } from '../../events.js';
import type { Assessment, Assessor, TaskSplits } from '../../task/types.js';
import type { Rollout } from '../../trainers/contract/types.js';
import type { Candidates } from './candidates.js';

/** What the evaluations need of a run. */
export interface EvaluatedRun {
  readonly task: { readonly splits: TaskSplits; readonly manualPrompts: readonly string[] };
  readonly assessor: Assessor;
  readonly candidates: Candidates;
  readonly metric: string;
  addCandidate(rollout: Rollout, train: Assessment, origin: PromptSummary['origin']): void;
}

/**
 * Brings the `count` best prompts by train score, and `favourites` beside them, to the dev split. Prompts that have
 * dev numbers already keep them.
 */
export async function assessFinalists(run: EvaluatedRun, count: number, favourites: readonly Rollout[]): Promise<void> {
  const { train, dev } = run.task.splits;
  const assessments = await run.assessor.assess(favourites.map(({ text }) => ({ text, examples: train })));
  favourites.forEach((rollout, i) => {
    run.addCandidate(rollout, assessments[i]!, 'policy');
  });
  const texts = [...favourites.map(({ text }) => text), ...run.candidates.byTrainScore(count).map(({ text }) => text)];
  const fresh = [...new Set(texts)].filter((text) => run.candidates.get(text)?.dev === undefined);
  const scored = await run.assessor.assess(fresh.map((text) => ({ text, examples: dev })));
  fresh.forEach((text, i) => {
    run.candidates.scoreDev(text, scored[i]!);
  });
}

/** The empty prompt and the manual prompts on the dev split. */
export async function measureBaselines(run: EvaluatedRun): Promise<Baseline[]> {
  const prompts = ['', ...run.task.manualPrompts];
  const dev = await run.assessor.assess(prompts.map((text) => ({ text, examples: run.task.splits.dev })));
  return prompts.map((prompt, i) => ({ name: i === 0 ? 'empty' : 'manual', prompt, dev: dev[i]!.metrics }));
}

/**
 * The one time the test split is touched: the chosen prompt and the baselines beside it.
 * @param policyOnTest where the chosen is a policy: its numbers on test
 */
export async function measureOnTest(
  run: EvaluatedRun,
  best: PromptSummary,
  baselines: readonly Baseline[],
  policyOnTest?: Assessment,
): Promise<Pick<RunResult, 'best' | 'baselines'>> {
  const texts = [...(policyOnTest ? [] : [best.text]), ...baselines.map(({ prompt }) => prompt)];
  const examples = run.task.splits.test;
  const onTest = await run.assessor.assess(
    texts.map((text, i) => ({ text, examples, reading: i === 0 && !policyOnTest ? best.reading : undefined })),
  );
  const [chosen, ...others] = policyOnTest ? [policyOnTest, ...onTest] : onTest;
  const { metrics, perClass, confusion } = chosen!;
  const measured = baselines.map((baseline, i) => ({ ...baseline, test: others[i]!.metrics }));
  const empty = measured.find(({ name }) => name === 'empty')!;
  const manuals = measured
    .filter(({ name }) => name === 'manual')
    .map(({ prompt, dev, test: scores }) => ({ prompt, dev, test: scores }));
  const manual = bestBy(manuals, ({ dev }) => dev[run.metric] ?? 0);
  return {
    best: {
      prompt: best.text,
      tokenIds: best.tokenIds,
      tokens: best.tokens,
      reward: best.reward,
      train: best.train,
      ...(best.parts ? { parts: best.parts } : {}),
      dev: best.dev ?? {},
      test: { ...metrics, n: run.task.splits.test.length },
      ...(perClass ? { perClass } : {}),
      ...(confusion ? { confusion } : {}),
    },
    baselines: { empty: { dev: empty.dev, test: empty.test }, ...(manual ? { manual, manuals } : {}) },
  };
}

function bestBy<T>(items: readonly T[], score: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || score(item) > score(best) ? item : best),
    undefined,
  );
}
