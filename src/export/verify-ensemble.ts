import { isDeepStrictEqual } from 'node:util';
import { currentSettings } from '../config/removed-settings.js';
import { completeRunConfig } from '../config/resolve-run-config.js';
import type { EvaluatedPrompt, ReadPrompt } from '../evaluate.js';
import { ensembleScores } from '../rewards/classification/ensemble-scores.js';
import { groupBy } from '../statistics/groups.js';
import { zip } from '../statistics/zip.js';
import { classifiesAsRead } from './classifies-as-read.js';
import type { ExportedEnsemble, ReadEnsemble } from './exported-ensemble.js';
import type { RunRecord } from './run-record.js';
import { askedOf, type ExportCheck, scoreOnDev } from './verify-export.js';

/** Scores what a reader of the exported form has in hand, prompts and what reads their answers, together on the run's dev split. */
export async function verifyEnsemble(
  record: RunRecord,
  { members, metrics }: ExportedEnsemble,
  { texts, classify }: ReadEnsemble,
): Promise<ExportCheck> {
  const isSameText = isDeepStrictEqual(
    texts.map(({ rendered }) => rendered),
    members.map(({ rendered }) => rendered),
  );
  const asked = texts.map((text) => askedOf(text, record.start.template));
  // The models are loaded once per template: once, unless demonstrations stand before the inputs.
  const scored = new Map<ReadPrompt, EvaluatedPrompt>();
  for (const [template, own] of groupBy(asked, (one) => one.template)) {
    const prompts = own.map(({ prompt }) => prompt);
    const results = await scoreOnDev(record, template, prompts);
    for (const [prompt, result] of zip(prompts, results)) scored.set(prompt, result);
  }
  const results = asked.map(({ prompt }) => scored.get(prompt)!);
  const evaluations = results.map(({ evaluation }) => evaluation);
  const settings = completeRunConfig(currentSettings(record.manifest.config));
  return {
    metric: 'accuracy',
    inRun: metrics.dev.accuracy!,
    fromExport: ensembleScores(evaluations, settings).accuracy,
    n: results[0]!.n,
    isSameText,
    isReadAlike: await classifiesAsRead(
      classify,
      texts.map(({ readings = [] }) => readings),
    ),
  };
}
