import * as z from 'zod';
import { settingsOf } from '../../options/option.js';
import { count } from '../../options/value-schemas.js';
import { PRESETS } from './presets.js';

const ours = PRESETS.default;
const evaluation = settingsOf('Evaluation');

/** How prompts are compared on dev, and which is chosen. */
export const evaluationSettings = {
  evaluationEvery: evaluation.number(count.default(ours.evaluationEvery), 'N', 'steps between evaluations on dev'),
  evaluationCandidates: evaluation.number(
    count.max(10_000).default(4),
    'N',
    'best prompts scored on dev at each evaluation (style-transfer: default 2)',
  ),
  select: evaluation.text(
    z.enum(['dev', 'pooled']).default('dev'),
    'SPLITS',
    'what decides between prompts: dev, or train and dev weighed by their sizes',
  ),
  candidates: evaluation.number(count.max(10_000).default(32), 'N', 'best prompts re-scored on dev at the end'),
  ensemble: evaluation.number(
    z.int().min(2).max(64).optional(),
    'K',
    'also score the K best prompts together, by the mean of their probabilities',
  ),
  topPromptsKept: evaluation.number(count.max(10_000).default(64), 'N', 'best prompts kept in the table'),
};
