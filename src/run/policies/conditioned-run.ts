import type { PromptSummary, RunEvent, RunResult, StopReason, UnnumberedEvent } from '../../events.js';
import type { Assessor, Example, TaskSplits } from '../../task/types.js';
import type { PreparedRun } from '../loop/prepared-run.js';
import { measureOnTest } from '../select/evaluations.js';
import type { ConditionedPolicies, KeptPolicy } from './conditioned-policies.js';
import { POLICY_FILE, writePolicy } from './policy-file.js';
import { type PolicyRow, writePolicyTable } from './policy-table.js';
import { describePrompts, type ProposedPrompts, proposeFor } from './propose-for.js';

/** A run that looks for a policy which writes a prompt for each input. */
export type ConditionedRun = PreparedRun & { readonly policies: ConditionedPolicies };

export function isConditioned(run: PreparedRun): run is ConditionedRun {
  return run.policies !== undefined;
}

/** A prompt that a person typed has no place among policies. */
export function refusePrompt({ config }: ConditionedRun): UnnumberedEvent {
  return {
    type: 'warning',
    code: 'prompt-refused',
    message: 'the prompt is not taken: in this run a policy writes a prompt for each input',
    hint: `rlprompt eval ${config.task} --prompt "…" scores it`,
  };
}

/** Scores the policy as it is now on dev: the likeliest prompt of each input, on that input. The best policy is kept. */
export async function* evaluatePolicy(run: ConditionedRun): AsyncGenerator<RunEvent, void> {
  let found: { kept: KeptPolicy; onDev: ProposedPrompts } | undefined;
  if (!run.policies.has(run.step)) found = await measurePolicy(run);
  const isBest = found !== undefined && run.policies.note(found.kept);
  const prompts = run.policies.ranking(run.config.evaluationCandidates);
  yield run.emit({ type: 'evaluation-end', step: run.step, prompts, ...run.assessor.counters() });
  run.noteEvaluation(prompts[0]!);
  if (found && isBest) {
    writePolicy(run.folder.path, found.kept);
    const rows = tableRows('dev', run.task.splits.dev, found.onDev);
    writePolicyTable(run.folder.path, { schemaVersion: 1, step: run.step, rows });
    run.writeBest(prompts[0]!);
    yield run.emit({ type: 'best-prompt-updated', step: run.step, prompt: prompts[0]! });
  }
  for (const warning of run.evaluationWarnings()) yield run.emit({ type: 'warning', ...warning });
}

/** Touches the test split once, with the policy that was best on dev, and its most frequent prompt alone beside it. */
export async function* finishPolicy(run: ConditionedRun, stopReason: StopReason): AsyncGenerator<RunEvent, RunResult> {
  yield run.emit({ type: 'phase-start', phase: 'final-evaluation' });
  yield* evaluatePolicy(run);
  const kept = run.policies.best();
  const { summary, parameters } = kept;
  const { dev, test } = run.task.splits;
  const proposer = { policy: run.policies.policy, assessor: run.assessor };
  const onDev = await proposeFor(proposer, dev, { parameters });
  const onTest = await proposeFor(proposer, test, { parameters });
  const measured = await measureOnTest(run, summary, run.baselines, onTest.assessment);
  const policy = {
    ...summary.policy!,
    step: summary.step,
    inputs: dev.length,
    file: POLICY_FILE,
    alone: await measureAlone(run.assessor, summary.text, run.task.splits),
  };
  const result = run.result({ ...measured, best: { ...measured.best, policy } }, stopReason);
  writePolicy(run.folder.path, kept);
  const rows = [...tableRows('dev', dev, onDev), ...tableRows('test', test, onTest)];
  writePolicyTable(run.folder.path, { schemaVersion: 1, step: summary.step, rows });
  run.writeBest(summary, result);
  yield run.saveCheckpoint();
  yield run.emit({ type: 'run-end', step: run.step, result });
  return result;
}

async function measurePolicy(run: ConditionedRun): Promise<{ kept: KeptPolicy; onDev: ProposedPrompts }> {
  const { train, dev } = run.task.splits;
  const proposer = { policy: run.policies.policy, assessor: run.assessor };
  const onTrain = await proposeFor(proposer, train);
  const onDev = await proposeFor(proposer, dev);
  const { prompt, ...policy } = describePrompts(onDev.rollouts);
  const summary: PromptSummary = {
    ...run.tokensOf(prompt),
    step: run.step,
    reward: onTrain.assessment.reward,
    train: onTrain.assessment.metrics,
    ...(onTrain.assessment.parts ? { parts: onTrain.assessment.parts } : {}),
    dev: onDev.assessment.metrics,
    devReward: onDev.assessment.reward,
    origin: 'policy',
    policy,
  };
  return { kept: { summary, parameters: run.policies.policy.parameters() }, onDev };
}

/** What is left of the policy's gain where everybody gets its most frequent prompt. */
async function measureAlone(assessor: Assessor, text: string, { dev, test }: TaskSplits) {
  const [onDev, onTest] = await assessor.assess([
    { text, examples: dev },
    { text, examples: test },
  ]);
  return { dev: onDev!.metrics, test: onTest!.metrics };
}

function tableRows(
  split: PolicyRow['split'],
  examples: readonly Example[],
  { rollouts, assessment }: ProposedPrompts,
): PolicyRow[] {
  return examples.map(({ index, text }, i) => {
    const { text: prompt, tokenIds } = rollouts[i]!;
    return { split, index, input: text, prompt, tokenIds, reward: assessment.exampleRewards![i]! };
  });
}
