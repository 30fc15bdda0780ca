import type { RunEvent } from '../../events.js';
import { type FileSystem, nodeFileSystem } from '../../files/file-system.js';
import { writeCheckpoint } from '../checkpoint/checkpoint.js';
import type { CheckpointContent, Shapes } from '../checkpoint/checkpoint-format.js';
import type { EventLog } from './logs/event-log.js';
import type { ScoreLog } from './logs/score-log.js';

/** The files of a run that a checkpoint relies on. */
export interface RunFiles {
  readonly runDir: string;
  readonly events: EventLog;
  readonly scores: ScoreLog;
  readonly fs?: FileSystem;
}

/**
 * Saves a run: scores first, events next, the checkpoint last. So a checkpoint never knows of anything that a power cut
 * takes away.
 *
 * @param elapsedSeconds time the run has taken so far
 * @throws RlpromptError `E_IO` and the like; the checkpoints before it are still whole
 */
export function saveRun(
  { runDir, events, scores, fs = nodeFileSystem }: RunFiles,
  content: CheckpointContent,
  { shapes = {}, elapsedSeconds }: { readonly shapes?: Shapes; readonly elapsedSeconds: number },
): RunEvent {
  scores.sync();
  events.sync();
  const written = writeCheckpoint(runDir, content, { fs, shapes });
  return events.append({ type: 'checkpoint-saved', step: content.step, ...written, elapsedSeconds });
}
