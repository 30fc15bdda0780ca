import type { PromptSummary, RunEvent, RunResult, StopReason, UnnumberedEvent, WordEdits } from '../events.js';
import type { ExportedFile } from '../export/contract/exported-prompt.js';
import type { RunRecord } from '../export/run-record.js';
import type { StepOutcome } from '../run/loop/step-statistics.js';

/** What a run searches for: one prompt for all inputs, or a policy that writes a prompt for each. The loop never asks which. */
export interface SearchGoal {
  /** Whether prompts that people wrote compete with what is found. */
  readonly takesPrompts: boolean;
  /** The baselines were scored; the event that names the best of them, where they compete. */
  noteBaselines(): UnnumberedEvent | undefined;
  /** Takes in the scored prompts of a step. */
  noteRollouts(step: Pick<StepOutcome, 'rollouts' | 'evaluations' | 'rewards'>): void;
  /** The best prompt by train that dev does not know yet, where prompts are what is searched for. */
  leader(): PromptSummary | undefined;
  /** Scores what was found so far on the dev split. */
  evaluateOnDev(): AsyncGenerator<RunEvent, void>;
  /** Scores a prompt from outside, where prompts are what is searched for. */
  addPrompt(text: string, origin: 'user' | 'warm-start'): AsyncGenerator<RunEvent, void>;
  /** Changes the label words of a prompt and scores it by them, where prompts are what is searched for. */
  changeLabelWords(prompt: string, edits: WordEdits): AsyncGenerator<RunEvent, void>;
  /**
   * The best so far as files of an export format.
   * @throws RlpromptError for a format that there is not, or that cannot hold it
   */
  exportFiles(record: RunRecord, version: string, format: string): readonly ExportedFile[];
  /** Chooses by dev score, scores the choice on the test split, once, and saves both. */
  finish(stopReason: StopReason): AsyncGenerator<RunEvent, RunResult>;
}
