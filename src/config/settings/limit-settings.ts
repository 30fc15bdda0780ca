import * as z from 'zod';
import { settingsOf } from '../../options/option.js';
import { count, positive } from '../../options/value-schemas.js';
import { PRESETS } from './presets.js';

const ours = PRESETS.default;
const limits = settingsOf('Limits');

/** When a run ends. */
export const limitSettings = {
  steps: limits.number(count.default(ours.steps), 'N', 'updates of the policy', { paper: '12000' }),
  forwards: limits.number(
    count.optional(),
    'N',
    'input rows that may be run through the target LM; the step under way, its evaluation and the final one come on top',
  ),
  maxTokens: limits.number(
    count.optional(),
    'N',
    'tokens that a service may read and write; no request is sent that could pass it',
  ),
  maxCost: limits.number(
    positive.optional(),
    'AMOUNT',
    'money that a service may cost, by --price; no request is sent that could pass it',
  ),
  maxRequests: limits.number(
    count.optional(),
    'N',
    'requests that a service may be sent, those that are tried again counted; none is sent beyond it',
  ),
  minutes: limits.number(
    positive.optional(),
    'N',
    'wall time of the search; the step under way, its evaluation and the final one come on top',
  ),
  patience: limits.number(count.optional(), 'N', 'stop after N evaluations without a better dev score'),
  targetScore: limits.number(z.number().optional(), 'SCORE', 'dev score that is good enough'),
};
