import * as z from 'zod';
import { settingsOf } from '../../options/option.js';
import { positive } from '../../options/value-schemas.js';

const search = settingsOf('Search');

/** Of trainers whose loss holds for prompts that were not drawn as the policy draws them. */
export const resamplingSettings = {
  resampling: search.number(
    z.int().min(0).max(100).default(4),
    'N',
    'how often a prompt that was proposed before is drawn again',
    { paper: '0', exclusive: true },
  ),
};

/** Of trainers with replay. */
export const replaySettings = {
  replayUpdates: search.number(
    z.int().min(0).max(1000).default(3),
    'N',
    'further updates per step on prompts scored before',
    { exclusive: true },
  ),
  ...resamplingSettings,
};

/** Of trainers that give a token credit for what follows it. */
export const discountSettings = {
  discount: search.number(positive.max(1).default(1), 'GAMMA', 'credit of a token for each token after it'),
};
