import { RlpromptError } from '../errors.js';
import type { PromptSummary, RunEvent, RunResult, StopReason } from '../events.js';
import type { ExportedFile } from '../export/contract/exported-prompt.js';
import { exportPolicy, POLICY_FORMATS } from '../export/export-policy.js';
import type { RunRecord } from '../export/run-record.js';
import type { Run } from '../run/loop/run.js';
import type { ConditionedPolicies, KeptPolicy } from '../run/policies/conditioned-policies.js';
import { POLICY_FILE, writePolicy } from '../run/policies/policy-file.js';
import { type PolicyRow, writePolicyTable } from '../run/policies/policy-table.js';
import { describePrompts, type ProposedPrompts, proposeFor } from '../run/policies/propose-for.js';
import { refusedWords } from '../run/select/change-label-words.js';
import { measureOnTest } from '../run/select/evaluations.js';
import { zip } from '../statistics/zip.js';
import type { Evaluator, Example, TaskSplits } from '../task/types.js';
import type { SearchGoal } from './search-goal.js';

/** A policy that writes a prompt for each input: dev decides between the policies of the steps that were evaluated. */
export class PolicyGoal implements SearchGoal {
  readonly takesPrompts = false;

  constructor(
    private readonly run: Run,
    private readonly policies: ConditionedPolicies,
  ) {}

  noteBaselines(): undefined {}

  /** The prompts of a step met one input each: none of them is a candidate for all. */
  noteRollouts(): void {}

  leader(): undefined {}

  /** Scores the policy as it is now on dev: the likeliest prompt of each input, on that input. The best policy is kept. */
  async *evaluateOnDev(): AsyncGenerator<RunEvent, void> {
    const { run, policies } = this;
    let found: { kept: KeptPolicy; onDev: ProposedPrompts } | undefined;
    if (!policies.has(run.step)) found = await this.measure();
    const isBest = found !== undefined && policies.note(found.kept);
    const prompts = policies.ranking(run.config.evaluationCandidates);
    const [best] = prompts;
    yield run.emit({ type: 'evaluation-end', step: run.step, prompts, ...run.evaluator.counters() });
    run.watch.noteEvaluation(best.dev);
    if (found && isBest) {
      writePolicy(run.store.path, found.kept);
      const rows = tableRows('dev', run.task.splits.dev, found.onDev);
      writePolicyTable(run.store.path, { schemaVersion: 1, step: run.step, rows });
      run.store.writeBest(best);
      yield run.emit({ type: 'best-prompt-updated', step: run.step, prompt: best });
    }
  }

  /** A prompt from outside has no place among policies. */
  async *addPrompt(): AsyncGenerator<RunEvent, void> {
    const { run } = this;
    yield run.emit({
      type: 'warning',
      code: 'prompt-refused',
      message: 'the prompt is not taken: in this run a policy writes a prompt for each input',
      hint: `rlprompt eval ${run.config.task} --prompt "…" scores it`,
    });
  }

  async *changeLabelWords(): AsyncGenerator<RunEvent, void> {
    yield this.run.emit(refusedWords('in this run a policy writes a prompt for each input'));
  }

  exportFiles(record: RunRecord, version: string, name: string): readonly ExportedFile[] {
    const format = POLICY_FORMATS.find((candidate) => candidate.name === name);
    if (format) return [{ path: format.file, text: format.render(exportPolicy(record, version)) }];
    throw new RlpromptError({
      code: 'E_EXPORT_POLICY',
      exit: 'usage',
      message: `the format ${name} holds one prompt, and this run looks for a policy`,
      next: `formats: ${POLICY_FORMATS.map((known) => known.name).join(', ')}`,
    });
  }

  /** Touches the test split once, with the policy that was best on dev, and its most frequent prompt alone beside it. */
  async *finish(stopReason: StopReason): AsyncGenerator<RunEvent, RunResult> {
    const { run, policies } = this;
    yield run.emit({ type: 'phase-start', phase: 'final-evaluation' });
    yield* this.evaluateOnDev();
    const kept = policies.best();
    const { summary, parameters } = kept;
    if (!summary.policy) throw new TypeError('a prompt was kept among policies');
    const { dev, test } = run.task.splits;
    const proposer = { policy: policies.policy, evaluator: run.evaluator };
    const onDev = await proposeFor(proposer, dev, { parameters });
    const onTest = await proposeFor(proposer, test, { parameters });
    run.activity.tell('scoring the test split');
    const measured = await measureOnTest(run, summary, run.prompts.baselines, onTest.evaluation);
    const policy = {
      ...summary.policy,
      step: summary.step,
      inputs: dev.length,
      file: POLICY_FILE,
      alone: await measureAlone(run.evaluator, summary.text, run.task.splits),
    };
    const result = run.result({ ...measured, best: { ...measured.best, policy } }, stopReason);
    writePolicy(run.store.path, kept);
    const rows = [...tableRows('dev', dev, onDev), ...tableRows('test', test, onTest)];
    writePolicyTable(run.store.path, { schemaVersion: 1, step: summary.step, rows });
    run.store.writeBest(summary, result);
    yield run.saveCheckpoint();
    return result;
  }

  private async measure(): Promise<{ kept: KeptPolicy; onDev: ProposedPrompts }> {
    const { run, policies } = this;
    const { train, dev } = run.task.splits;
    const proposer = { policy: policies.policy, evaluator: run.evaluator };
    const onTrain = await proposeFor(proposer, train);
    const onDev = await proposeFor(proposer, dev);
    const { prompt, ...policy } = describePrompts(onDev.rollouts);
    const summary: PromptSummary = {
      ...run.prompts.tokensOf(prompt),
      step: run.step,
      reward: onTrain.evaluation.reward,
      train: onTrain.evaluation.metrics,
      ...(onTrain.evaluation.parts ? { parts: onTrain.evaluation.parts } : {}),
      dev: onDev.evaluation.metrics,
      devReward: onDev.evaluation.reward,
      origin: 'policy',
      policy,
    };
    return { kept: { summary, parameters: policies.policy.parameters() }, onDev };
  }
}

/** What is left of the policy's gain where everybody gets its most frequent prompt. */
async function measureAlone(evaluator: Evaluator, text: string, { dev, test }: TaskSplits) {
  const [onDev, onTest] = await evaluator.evaluate([
    { text, examples: dev },
    { text, examples: test },
  ]);
  return { dev: onDev?.metrics ?? {}, test: onTest?.metrics ?? {} };
}

function tableRows(
  split: PolicyRow['split'],
  examples: readonly Example[],
  { rollouts, evaluation }: ProposedPrompts,
): PolicyRow[] {
  const { exampleRewards = [] } = evaluation;
  return [...zip(examples, zip(rollouts, exampleRewards))].map(
    ([{ index, text: input }, [{ text: prompt, tokenIds }, reward]]) => {
      return { split, index, input, prompt, tokenIds, reward };
    },
  );
}
