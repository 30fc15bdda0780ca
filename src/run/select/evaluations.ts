import { type Baseline, isUnsearched, type PromptSummary, type RunResult } from '../../events.js';
import { zip } from '../../statistics/zip.js';
import type { Evaluation, Evaluator, TaskKind, TaskSplits } from '../../task/types.js';
import type { Rollout } from '../../trainers/contract/types.js';
import { trainNumbers } from './candidates.js';
import type { PromptPool } from './prompt-pool.js';
import type { Readability } from './readability.js';
import { judgeFound } from './verdict.js';

/** What the evaluations need of a run. */
export interface EvaluatedRun {
  readonly task: { readonly kind: TaskKind; readonly splits: TaskSplits; readonly manualPrompts: readonly string[] };
  readonly evaluator: Evaluator;
  readonly prompts: PromptPool;
  readonly readability?: Readability | undefined;
}

/**
 * Brings the `count` best prompts by train score, and `favourites` beside them, to the dev split. Prompts that have
 * dev numbers already keep them.
 */
export async function evaluateTopCandidates(
  run: EvaluatedRun,
  count: number,
  favourites: readonly Rollout[],
): Promise<void> {
  const { train, dev } = run.task.splits;
  const evaluations = await run.evaluator.evaluate(favourites.map(({ text }) => ({ text, examples: train })));
  for (const [rollout, evaluation] of zip(favourites, evaluations)) run.prompts.add(rollout, evaluation, 'policy');
  await run.readability?.note(run.prompts.candidates);
  const texts = [
    ...favourites.map(({ text }) => text),
    ...run.prompts.candidates.byTrainScore(count).map(({ text }) => text),
  ];
  const fresh = [...new Set(texts)].filter((text) => run.prompts.candidates.get(text)?.dev === undefined);
  const scored = await run.evaluator.evaluate(fresh.map((text) => ({ text, examples: dev })));
  for (const [text, evaluation] of zip(fresh, scored)) run.prompts.candidates.scoreDev(text, evaluation);
}

/** Scores prompts on train and dev that another version of the task has scored; those that are candidates already stay as they are. */
export async function scoreAgain(run: EvaluatedRun, before: readonly PromptSummary[]): Promise<void> {
  const { candidates } = run.prompts;
  const prompts = before.filter(({ text }) => candidates.get(text) === undefined);
  const on = (examples: TaskSplits['train']) => run.evaluator.evaluate(prompts.map(({ text }) => ({ text, examples })));
  const [onTrain, onDev] = [await on(run.task.splits.train), await on(run.task.splits.dev)];
  for (const [{ tokenIds, tokens, text, step, origin }, [train, dev]] of zip(prompts, zip(onTrain, onDev))) {
    candidates.add({ tokenIds, tokens, text, step, origin, ...trainNumbers(train) });
    candidates.scoreDev(text, dev);
  }
}

/**
 * The empty prompt and the manual prompts on the dev split.
 * @param options.compete they are candidates as any prompt of the search is
 * @param options.plain prompts that compete beside them, and are no baselines
 */
export async function measureBaselines(
  run: EvaluatedRun,
  { compete, plain = [] }: { readonly compete: boolean; readonly plain?: readonly string[] },
): Promise<Baseline[]> {
  const baselines = ['', ...run.task.manualPrompts];
  const prompts = compete ? [...baselines, ...plain] : baselines;
  const rollouts = prompts.map((prompt) => run.prompts.rolloutOf(prompt));
  const { train, dev } = run.task.splits;
  const onDev = await run.evaluator.evaluate(rollouts.map(({ text }) => ({ text, examples: dev })));
  if (compete) {
    const onTrain = await run.evaluator.evaluate(rollouts.map(({ text }) => ({ text, examples: train })));
    for (const [i, [rollout, [train, dev]]] of [...zip(rollouts, zip(onTrain, onDev))].entries()) {
      run.prompts.add(rollout, train, i < baselines.length ? nameOfBaseline(i) : 'plain');
      run.prompts.candidates.scoreDev(rollout.text, dev);
    }
  }
  return [...zip(baselines, onDev)].map(([prompt, { metrics }], i) => {
    return { name: nameOfBaseline(i), prompt, dev: metrics };
  });
}

function nameOfBaseline(index: number): Baseline['name'] {
  return index === 0 ? 'empty' : 'manual';
}

/**
 * The one time the test split is touched: the chosen prompt and the baselines beside it.
 * @param policyOnTest where the chosen is a policy: its numbers on test
 */
export async function measureOnTest(
  run: EvaluatedRun,
  best: PromptSummary,
  baselines: readonly Baseline[],
  policyOnTest?: Evaluation,
): Promise<Pick<RunResult, 'best' | 'found' | 'baselines' | 'verdict'>> {
  const { test } = run.task.splits;
  const ranked = policyOnTest ? [] : run.prompts.candidates.byDevScore(Number.POSITIVE_INFINITY);
  const found = ranked.find((prompt) => !isUnsearched(prompt));
  const unsearched = ranked.find(isUnsearched);
  const rival = unsearched?.text ?? bestOnDev(run, baselines).prompt.trim();
  const texts = [...(policyOnTest ? [] : [best.text]), ...baselines.map(({ prompt }) => prompt.trim())];
  const compared = [...new Set([...texts, rival, ...(found ? [found.text] : [])])];
  const evaluated = await run.evaluator.evaluate(
    compared.map((text) => ({ text, examples: test, reading: run.prompts.candidates.get(text)?.reading })),
  );
  const onTest = new Map(zip(compared, evaluated));
  const { metrics, perClass, confusion } = policyOnTest ?? onTest.get(best.text)!;
  const measured = baselines.map((baseline) => ({ ...baseline, test: onTest.get(baseline.prompt.trim())!.metrics }));
  const foundOnTest = policyOnTest ?? (found && onTest.get(found.text));
  const verdict =
    foundOnTest &&
    judgeFound({ kind: run.task.kind, found: foundOnTest, rival: onTest.get(rival)! }, rival, {
      rivalWon: isUnsearched(best),
    });
  const empty = measured.find(({ name }) => name === 'empty')!;
  const manuals = measured
    .filter(({ name }) => name === 'manual')
    .map(({ prompt, dev, test: scores }) => ({ prompt, dev, test: scores }));
  const firstOfRanked = ranked.flatMap(({ text }) => manuals.filter(({ prompt }) => prompt.trim() === text))[0];
  const manual = firstOfRanked ?? (manuals.length > 0 ? bestOnDev(run, manuals) : undefined);
  const plain = unsearched?.origin === 'plain' && {
    plain: { prompt: rival, dev: unsearched.dev ?? {}, test: onTest.get(rival)!.metrics },
  };
  return {
    best: {
      prompt: best.text,
      origin: best.origin,
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
    ...(found && found !== best && foundOnTest
      ? { found: { prompt: found.text, dev: found.dev ?? {}, test: foundOnTest.metrics } }
      : {}),
    ...(verdict ? { verdict } : {}),
    baselines: { empty: { dev: empty.dev, test: empty.test }, ...(manual ? { manual, manuals } : {}), ...plain },
  };
}

/** Of equals the first. */
function bestOnDev<T extends Pick<Baseline, 'dev'>>(run: EvaluatedRun, baselines: readonly T[]): T {
  const score = ({ dev }: T): number => dev[run.evaluator.metric] ?? 0;
  return baselines.reduce((best, one) => (score(one) > score(best) ? one : best));
}
