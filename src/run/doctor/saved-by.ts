import { shellWord } from '../../shell-word.js';
import type { LoggedRun } from './inspect-events.js';
import type { RunFinding } from './run-finding.js';

/** What is left of a run. */
export interface Remainder {
  readonly runDir: string;
  readonly isWritten: boolean;
  readonly hasManifest: boolean;
  readonly hasBest: boolean;
  /** Of the latest that is whole. */
  readonly checkpointStep: number | undefined;
  readonly hasCheckpoints: boolean;
  /** A score file that is none of this program. */
  readonly foreignScores: string | undefined;
  readonly log: LoggedRun;
}

/** What can be saved of a run, and the command that does it. */
export function savedBy(run: Remainder): RunFinding {
  const { runDir, log } = run;
  const finding = (ok: boolean, detail: string, next: string) => ({ check: 'what can be saved', ok, detail, next });
  if (run.isWritten)
    return finding(true, 'the run is under way; look again when it has ended', `rlprompt top ${shellWord(runDir)}`);
  if (!run.hasManifest) {
    const left = run.hasBest ? 'the best prompt, in best.json' : 'what events.jsonl says';
    return finding(false, `${left}; without run.json the run cannot be resumed`, 'restore run.json from a copy');
  }
  if (log.result)
    return finding(true, 'everything: the run has come to its end', `rlprompt export ${shellWord(runDir)}`);
  if (run.foreignScores !== undefined)
    return finding(
      false,
      'everything but the scores paid for',
      `move ${shellWord(run.foreignScores)} away, then rlprompt resume ${shellWord(runDir)}`,
    );
  const { checkpointStep: step } = run;
  if (step !== undefined) {
    const again = Math.max(0, log.lastStep - step);
    const rest = again > 0 ? `; ${again} later steps are made again, from the scores paid for` : '';
    return finding(true, `everything up to step ${step}${rest}`, `rlprompt resume ${shellWord(runDir)}`);
  }
  if (run.hasCheckpoints)
    return finding(false, 'the prompts that were scored; no checkpoint is whole', `rlprompt top ${shellWord(runDir)}`);
  return finding(true, 'the scores paid for; the run begins again with them', `rlprompt resume ${shellWord(runDir)}`);
}
