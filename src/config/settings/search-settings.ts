import * as z from 'zod';
import { settingsOf } from '../../options/option.js';
import { count, positive } from '../../options/value-schemas.js';
import { TOKEN_CHARACTERS } from '../../policy/token-mask.js';
import { LOSS_NAMES, TRAINER_NAMES, TRAINER_SETTINGS } from '../../trainers/trainer-table.js';
import { minPromptLength, promptLength } from '../values/prompt-length.js';
import { PRESET_NAMES, PRESETS } from './presets.js';

const ours = PRESETS.default;
const search = settingsOf('Search');

/** How prompts are searched for. */
export const searchSettings = {
  preset: search.text(
    z.enum(PRESET_NAMES).default('default'),
    'NAME',
    'settings to start from: quick = fewer steps, thorough = more steps, raw = free to write gibberish, paper = as published',
  ),
  trainer: search.text(z.enum(TRAINER_NAMES).default(ours.trainer), 'NAME', 'how prompts are searched for', {
    paper: 'soft-q-learning',
  }),
  loss: search.text(
    z.enum(LOSS_NAMES).default(ours.loss),
    'NAME',
    'what the trainer minimises (default: the trainer’s own)',
    { paper: 'both' },
  ),
  promptLength: search.number(
    promptLength.default(5),
    'N|MIN..MAX',
    'tokens of a prompt; with two numbers, such as 3..20, the policy ends each prompt itself',
  ),
  minPromptLength: search.number(
    minPromptLength.optional(),
    'N',
    'fewest tokens of a prompt that the policy ends itself; --prompt-length 3..20 gives both',
  ),
  promptsPerStep: search.number(
    z.int().min(2).max(1024).default(16),
    'N',
    'prompts proposed and scored in a step (style-transfer: default 8; --input-conditioned: 4 per input)',
  ),
  topK: search.number(count.default(ours.topK), 'K', 'sample among the K most likely tokens'),
  topP: search.number(
    positive.max(1).default(1),
    'P',
    'sample among the likeliest tokens that together have this probability',
  ),
  temperature: search.number(positive.default(1), 'T', 'divides the logits when sampling'),
  learningRate: search.number(
    positive.optional(),
    'RATE',
    'Adam’s step size (default: 0.0015, or 0.005 without the prior; smaller for generator LMs with a hidden size above 256)',
    { paper: '5e-5' },
  ),
  clipNorm: search.number(positive.default(5), 'NORM', 'largest norm of a gradient'),
  innerSize: search.number(count.max(65_536).default(2048), 'N', 'width of the policy’s MLP'),
  logitBias: search.number(z.number().default(0), 'BIAS', 'constant added to every logit of the policy'),
  priorBeta: search.number(
    z.number().min(0).default(ours.priorBeta),
    'BETA',
    'weight of the generator LM’s own log-probabilities in the policy (default: 1 with log-variance; 0 with another trainer, --input-conditioned or --content-model)',
  ),
  context: search.text(
    z.array(z.string()).min(1).optional(),
    'FILE|TEXT',
    'what the generator reads before it writes; task = made from the description, the labels and a few train rows',
  ),
  forbid: search.text(
    z.array(z.string().min(1)).min(1).optional(),
    'WORDS|FILE',
    'words that no proposed prompt may hold, in any case: between commas, or one per line of a file',
  ),
  mustContain: search.text(
    z.string().trim().min(1).max(1000).optional(),
    'TEXT',
    'text that every proposed prompt begins with (log-variance and best-of-n)',
  ),
  fluentTopK: search.number(count.optional(), 'K', 'only tokens among the generator LM’s own K likeliest'),
  tokens: search.text(
    z.enum(TOKEN_CHARACTERS).optional(),
    'SET',
    'which tokens a prompt may hold (default: words with the prior and 2,048 tokens that begin a word, otherwise printable)',
  ),
  inputConditioned: search.boolean(
    z.boolean().default(false),
    'let the policy read each input and propose a prompt for it (classification and style-transfer)',
  ),
  ...TRAINER_SETTINGS,
  onCollapse: search.text(
    z.enum(['warn', 'restart']).default('restart'),
    'WHAT',
    'when a policy repeats itself: warn, or restart it from its best prompts at half the reward scale (trainers with replay)',
  ),
  initPrompts: search.list(z.array(z.string().min(1)).default([]), 'TEXT', 'prompt to start from; repeatable', {
    flag: 'init-prompt',
  }),
  continueRun: search.text(
    z.string().min(1).optional(),
    'RUN',
    'start with the policy of an earlier run, on the same generator',
    { flag: 'continue', path: true },
  ),
  ewc: search.number(
    // More would hold the whole policy where it is.
    z.number().min(0).max(1e12).default(0),
    'LAMBDA',
    'with --continue, how firmly the policy is held to what earlier tasks need (elastic weight consolidation); 0 = not',
  ),
  ewcDecay: search.number(
    z.number().min(0).max(1).default(1),
    'GAMMA',
    'with --ewc, weight of the tasks before the last one',
  ),
  promptLibrary: search.boolean(
    z.boolean().default(false),
    'start from the best prompts of earlier runs on similar tasks, and remember what this one finds',
  ),
  libraryPrompts: search.number(
    count.max(100).default(8),
    'N',
    'prompts of earlier runs to start from, with --prompt-library',
  ),
};
