import type { PromptSummary, RunEvent, RunResult, StopReason, UnnumberedEvent, WordEdits } from '../events.js';
import type { ExportedFile } from '../export/contract/exported-prompt.js';
import { exportPrompt } from '../export/export-prompt.js';
import { findFormat } from '../export/formats.js';
import type { RunRecord } from '../export/run-record.js';
import { writeFormat } from '../export/write-format.js';
import { reportingChoice } from '../run/loop/reporting-choice.js';
import type { Run } from '../run/loop/run.js';
import type { StepOutcome } from '../run/loop/step-statistics.js';
import { changeLabelWords } from '../run/select/change-label-words.js';
import { readByAllRows } from '../run/select/choose-reading.js';
import { evaluateTopCandidates, measureOnTest } from '../run/select/evaluations.js';
import { measureEnsemble } from '../run/select/measure-ensemble.js';
import { zip } from '../statistics/zip.js';
import type { SearchGoal } from './search-goal.js';

/** One prompt for all inputs: the best by train reward are candidates, and dev decides between them. */
export class PromptGoal implements SearchGoal {
  readonly takesPrompts = true;

  constructor(private readonly run: Run) {}

  noteBaselines(): UnnumberedEvent | undefined {
    const best = this.run.prompts.top(1)[0];
    return best && this.noteBest(best);
  }

  noteRollouts({ rollouts, evaluations, rewards }: Pick<StepOutcome, 'rollouts' | 'evaluations' | 'rewards'>): void {
    for (const [rollout, [evaluation, reward]] of zip(rollouts, zip(evaluations, rewards))) {
      this.run.prompts.noteRollout(rollout, evaluation, reward);
    }
  }

  leader(): PromptSummary | undefined {
    const byTrain = this.run.prompts.candidates.byTrainScore(Number.POSITIVE_INFINITY);
    return byTrain.find(({ dev }) => dev === undefined);
  }

  /** Scores the best prompts by train reward, and the trainer's own favourite, on the dev split. */
  async *evaluateOnDev(): AsyncGenerator<RunEvent, void> {
    const { run } = this;
    const prompts = await this.scoreBest(run.config.evaluationCandidates);
    yield run.emit({ type: 'evaluation-end', step: run.step, prompts, ...run.evaluator.counters() });
    const best = prompts[0]!;
    run.watch.noteEvaluation(best.dev);
    const changed = this.noteBest(best);
    if (changed) yield run.emit(changed);
  }

  /** As it stands a prompt joins the candidates; cut or repeated to the policy's length the trainer can learn from it. */
  async *addPrompt(text: string, origin: 'user' | 'warm-start'): AsyncGenerator<RunEvent, void> {
    const { run } = this;
    const asWritten = run.prompts.rolloutOf(text);
    const fitted = run.prompts.fittedRollout(asWritten.tokenIds);
    const { train, dev } = run.task.splits;
    const rollouts = [asWritten, fitted];
    const evaluations = await run.evaluator.evaluate(rollouts.map(({ text: one }) => ({ text: one, examples: train })));
    for (const [rollout, evaluation] of zip(rollouts, evaluations)) run.prompts.add(rollout, evaluation, origin);
    for (const [{ tokenIds }, evaluation] of [...zip(rollouts, evaluations)].slice(1)) {
      await run.trainer.learnFrom(tokenIds, evaluation.reward, run.weights.partsOf(evaluation));
    }
    const [onDev] = await run.evaluator.evaluate([{ text: asWritten.text, examples: dev }]);
    const prompt = onDev && run.prompts.candidates.scoreDev(asWritten.text, onDev);
    if (prompt) yield run.emit({ type: 'prompt-added', step: run.step, prompt });
  }

  async *changeLabelWords(text: string, edits: WordEdits): AsyncGenerator<RunEvent, void> {
    const { run } = this;
    const event = await changeLabelWords(run, text, edits);
    yield run.emit(event);
    const best = run.prompts.top(1)[0];
    if (event.type !== 'label-words-changed' || !best) return;
    const changed = this.noteBest(best);
    if (changed) yield run.emit(changed);
    // The best prompt may be the same, read by other words.
    else run.store.writeBest(best);
  }

  exportFiles(record: RunRecord, version: string, format: string): readonly ExportedFile[] {
    const { test } = this.run.task.splits;
    const rows = test.flatMap(({ text, label }) => (label === undefined ? [] : [{ text, label }]));
    return writeFormat(findFormat(format), [exportPrompt(record, 1, version)], { isRaw: false, rows });
  }

  async *finish(stopReason: StopReason): AsyncGenerator<RunEvent, RunResult> {
    const { run } = this;
    yield run.emit({ type: 'phase-start', phase: 'final-evaluation' });
    await this.scoreBest(run.config.candidates);
    const { reading, prompts } = run;
    if (reading.choice && reading.current) {
      const last = prompts.top(run.config.candidates).map(({ text }) => text);
      const choice = { ...reportingChoice(reading.choice, run.activity), candidates: prompts.candidates };
      await readByAllRows(choice, last, reading.current);
    }
    const topCandidates = run.prompts.top(run.config.candidates);
    const best = topCandidates[0]!;
    const changed = this.noteBest(best);
    if (changed) yield run.emit(changed);
    yield run.emit({ type: 'evaluation-end', step: run.step, prompts: topCandidates, ...run.evaluator.counters() });
    run.activity.tell('scoring the test split');
    const measured = await measureOnTest(run, best, run.prompts.baselines);
    const chosen = { ...measured.best, ...run.reading.classifierOf(best) };
    const result = run.result(
      { ...measured, best: chosen, ...(await measureEnsemble(run, topCandidates)) },
      stopReason,
    );
    run.store.writeBest(best, result);
    yield run.saveCheckpoint();
    return result;
  }

  /** The best by dev among the `count` best by train and the trainer's favourite. */
  private async scoreBest(count: number): Promise<PromptSummary[]> {
    const { run } = this;
    await evaluateTopCandidates(run, count, [
      await run.trainer.best(),
      ...run.prompts.takeMinibatchCandidates(run.config.evaluationCandidates),
    ]);
    return run.prompts.top(count);
  }

  /** Writes down the best prompt where it is another than before; the event that says so. */
  private noteBest(prompt: PromptSummary): UnnumberedEvent | undefined {
    const { run } = this;
    if (!run.prompts.noteBest(prompt)) return undefined;
    run.store.writeBest(prompt);
    return { type: 'best-prompt-updated', step: run.step, prompt };
  }
}
