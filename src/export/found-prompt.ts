import { readingOf } from '../classifier/classifier-of.js';
import type { ReadPrompt } from '../evaluate.js';
import { packageVersion } from '../package-root.js';
import { exportPrompt } from './export-prompt.js';
import type { RunRecord } from './run-record.js';

/**
 * A prompt of a run with its label words, demonstrations and offsets, to be scored as the run scored it.
 * @param rank from 1, the best
 * @throws RlpromptError E_RANK, E_EXPORT_POLICY
 */
export function foundPrompt(record: RunRecord, rank: number): ReadPrompt {
  const { prompt, classifier } = exportPrompt(record, rank, packageVersion());
  if (classifier === undefined) return { prompt };
  const { offsets } = classifier;
  // The run's own reading also has demonstrations for the rows that stand among the others.
  const reading = record.prompts[rank - 1]?.reading ?? readingOf(classifier);
  return { prompt, reading, ...(offsets ? { offsets } : {}) };
}
