import { isDeepStrictEqual } from 'node:util';
import { readingOf } from '../classifier/classifier-of.js';
import { ensembleScores } from '../rewards/classification/ensemble-scores.js';
import type { ExportedEnsemble } from './exported-ensemble.js';
import type { RunRecord } from './run-record.js';
import { type ExportCheck, scoreOnDev } from './verify-export.js';

/** Scores the prompts that a reader of the exported form has in hand together on the run's dev split. */
export async function verifyEnsemble(
  record: RunRecord,
  { members, metrics }: ExportedEnsemble,
  prompts: readonly string[],
): Promise<ExportCheck> {
  const isSameText = isDeepStrictEqual(
    prompts,
    members.map(({ prompt }) => prompt),
  );
  const readings = members.map(({ classifier }) => classifier && readingOf(classifier));
  const asked = prompts.map((prompt, i) => ({ prompt, ...(readings[i] ? { reading: readings[i] } : {}) }));
  const { config, results } = await scoreOnDev(record, record.start.template, asked);
  const evaluations = results.map(({ evaluation }) => evaluation);
  const fromExport = ensembleScores(evaluations, config).accuracy;
  return { metric: 'accuracy', inRun: metrics.dev.accuracy!, fromExport, n: results[0]!.n, isSameText };
}
