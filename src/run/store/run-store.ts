import type { PromptSummary, RunEvent, RunResult, UnnumberedEvent } from '../../events.js';
import { shellWord } from '../../shell-word.js';
import type { CheckpointContent, Shapes } from '../checkpoint/checkpoint-format.js';
import { readBest, readResult, writeBest } from './best-file.js';
import type { LockedFolder } from './locked-folder.js';
import type { EventLog } from './logs/event-log.js';
import type { ScoreLog } from './logs/score-log.js';
import { saveRun } from './save-run.js';

/** What a run writes into its folder. */
export class RunStore {
  constructor(
    readonly folder: LockedFolder,
    private readonly events: EventLog,
    private readonly scores: ScoreLog,
  ) {}

  get path(): string {
    return this.folder.path;
  }

  get resumeCommand(): string {
    return `rlprompt resume ${shellWord(this.path)}`;
  }

  /** The step after which the last checkpoint was written; undefined where there is none. */
  get savedStep(): number | undefined {
    return this.events.lastCheckpoint?.step;
  }

  /** How many calls of the target LM the run has used so far. */
  get scorePosition(): number {
    return this.scores.position;
  }

  /** Numbers the event and writes it down. */
  emit(event: UnnumberedEvent): RunEvent {
    return this.events.append(event);
  }

  saveCheckpoint(
    content: CheckpointContent,
    facts: { readonly shapes: Shapes; readonly elapsedSeconds: number },
  ): RunEvent {
    return saveRun({ runDir: this.path, events: this.events, scores: this.scores }, content, facts);
  }

  writeBest(prompt: PromptSummary, result?: RunResult): void {
    writeBest(this.path, { schemaVersion: 1, prompt, ...(result ? { result } : {}) });
  }

  readBest(): PromptSummary | undefined {
    return readBest(this.path)?.prompt;
  }

  readResult(): RunResult | undefined {
    return readResult(this.path);
  }
}
