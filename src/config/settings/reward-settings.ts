import * as z from 'zod';
import { settingsOf } from '../../options/option.js';
import { count, name, positive, range, scale } from '../../options/value-schemas.js';
import { besideTask, OBJECTIVE_NAMES } from '../values/objective-names.js';
import { PRESETS } from './presets.js';

const ours = PRESETS.default;
const reward = settingsOf('Reward');

/** What a prompt is worth. */
export const rewardSettings = {
  correct: reward.number(scale.default(200), 'WEIGHT', 'reward of a probability gap where the label wins'),
  incorrect: reward.number(scale.default(180), 'WEIGHT', 'reward of a probability gap where it loses'),
  zScoreEpsilon: reward.number(
    scale.default(1e-4),
    'EPSILON',
    'added to the standard deviation when rewards are z-scored',
  ),
  rewardFrom: reward.range(range.default(ours.rewardFrom), 'MIN,MAX', 'range of the z-scored reward that is mapped'),
  rewardTo: reward.range(
    range.default(ours.rewardTo),
    'MIN,MAX',
    'range it is mapped to; its width is the inverse temperature of the search',
  ),
  rewardToEnd: reward.range(
    range.optional(),
    'MIN,MAX',
    'range it is mapped to at the end: cools or heats the search evenly over its steps or forwards (default: 0,30 with log-variance where --reward-to is not given)',
  ),
  normalise: reward.text(
    z.enum(['none', 'token', 'word']).optional(),
    'UNIT',
    'divide a label’s log-probability by its tokens or words (default: the task’s)',
  ),
  calibrate: reward.text(
    z.enum(['auto', 'none', 'inputs', 'content-free', 'batch']).default('auto'),
    'OVER',
    'subtract each prompt’s mean label score over the train inputs, an empty input (content-free) or the rows that are scored (batch; for test rows the dev rows); auto = inputs for classification by a local model',
  ),
  labelWords: reward.text(
    z.enum(['auto', 'given', 'found', 'both']).default('auto'),
    'SOURCE',
    'words that labels are read by: those given, those found among the target LM’s likely answers, or the best of both; auto = both where scores are calibrated',
  ),
  labelWordsCount: reward.number(
    z.union([count.max(1000), z.literal('auto')]).default('auto'),
    'K',
    'words found per label; auto chooses 1, 5, 20 or 100 by cross-validation over the train rows',
  ),
  demos: reward.number(
    z.union([z.int().min(0).max(64), z.literal('auto')]).default('auto'),
    'K',
    'labelled train rows before each input, the best of 32 sets (before a small target LM none, if better on dev); auto = two per label, or one, if scores are calibrated and the rows fit',
  ),
  objectives: reward.weights(
    z.record(z.string(), z.number()).default({ task: 1 }).overwrite(besideTask),
    'NAME=WEIGHT',
    `objective and its weight, in addition to the task’s own reward: ${OBJECTIVE_NAMES.join(', ')}; repeatable (default: task=1)`,
    { flag: 'objective' },
  ),
  combine: reward.text(
    z.enum(['sum', 'product', 'hypervolume']).default('sum'),
    'RULE',
    'how several objectives become one reward',
  ),
  contentModel: reward.text(
    name.optional(),
    'MODEL',
    'encoder that says how much of an input is kept (style-transfer, which needs it)',
    { path: true },
  ),
  styleModel: reward.text(
    name.optional(),
    'MODEL',
    'classifier of styles, or a language model that is asked for the label words (style-transfer; default: the target LM)',
    { path: true },
  ),
  stylePrompt: reward.text(
    z.string().min(1).default('The writing style is'),
    'TEXT',
    'what stands between an output and the label words of its style, without a classifier (style-transfer only)',
  ),
  fluencyModel: reward.text(
    name.optional(),
    'MODEL',
    'language model that says how fluent an output is (style-transfer; default: the target LM)',
    { path: true },
  ),
  judge: reward.text(
    name.optional(),
    'MODEL',
    'language model that judges for the objective judge: a local causal one, or openai:MODEL',
    { path: true },
  ),
  judgeMode: reward.text(
    z.enum(['pairwise', 'score10']).default('pairwise'),
    'MODE',
    'pairwise = against the best so far, in both orders; score10 = a score from 1 to 10',
  ),
  judgeDownWeight: reward.boolean(
    z.boolean().default(false),
    'draw a preference toward a tie by as much as it changes with the order (pairwise only)',
  ),
  rubric: reward.text(
    z.array(z.string()).min(1).optional(),
    'FILE',
    'text file that tells the judge what to look for (default: one for the task’s kind)',
    { path: true },
  ),
  rewardModel: reward.text(
    name.optional(),
    'FILE',
    'reward model of the objective preference, fitted to rankings by "rlprompt preferences fit"',
    { path: true },
  ),
  samples: reward.number(
    count.max(4096).default(ours.samples),
    'N',
    'outputs of which the best counts (style-transfer only)',
    { paper: '32' },
  ),
  bootstraps: reward.number(
    count.max(1000).default(ours.bootstraps),
    'N',
    'how often the best of the samples is taken and averaged (style-transfer only)',
    { paper: '4' },
  ),
  inputsPerStep: reward.number(
    count.max(1024).default(2),
    'N',
    'inputs of a step, each met by an equal share of its prompts (style-transfer, --input-conditioned: default 4)',
  ),
  examplesPerStep: reward.number(
    z.int().min(2).optional(),
    'N',
    'train examples of a step, others in the next; prompts are ranked on all (default: all in every step)',
  ),
  cache: reward.boolean(z.boolean().default(true), 'reuse of the rewards of prompts scored before'),
  racing: reward.boolean(
    z.boolean().default(false),
    'score the prompts of a step on a few examples first, and only the promising ones on all',
  ),
  rewardTimeout: reward.number(
    positive.max(86_400).default(60),
    'SECONDS',
    'time a custom reward has for one call, then it is stopped and called again; also the time a task file has to load',
  ),
  maxRewardErrors: reward.number(z.int().min(0).default(5), 'N', 'failures of a reward task before the run ends'),
};
