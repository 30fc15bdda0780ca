import * as z from 'zod';
import { settingsOf } from '../../options/option.js';
import { count } from '../../options/value-schemas.js';
import { PRESETS } from './presets.js';

const ours = PRESETS.default;
const run = settingsOf('Run');

/** Where a run is kept, and what makes it repeat. */
export const runSettings = {
  seed: run.number(z.int().min(0).max(0xff_ff_ff_ff).default(0), 'N', 'same seed, same run'),
  out: run.text(z.string().min(1).optional(), 'DIR', 'run folder (default: runs/<task>-<time>)', {
    short: 'o',
    path: true,
  }),
  checkpointEvery: run.number(count.default(ours.checkpointEvery), 'N', 'steps between checkpoints', { paper: '100' }),
};
