import { verbalizerProblems } from '../classifier/given-words.js';
import {
  CONDITIONED_TRAINERS,
  definitionOf,
  EXCLUSIVE_SETTINGS,
  ownersOf,
  PRIOR_TRAINERS,
  REPLAY_TRAINERS,
  type TrainerName,
} from '../trainers/trainer-table.js';
import { findInputConditionedViolations } from './input-conditioned-rules.js';
import type { RunConfig } from './run-config.js';
import type { ConfigProblem } from './values/config-problem.js';
import { findWeightProblem } from './values/weight-problem.js';

/** Trainers whose prompts a policy over the generator LM draws token by token. */
const DRAWING_TRAINERS: readonly TrainerName[] = [...CONDITIONED_TRAINERS, 'best-of-n'];

/** Trainers that learn from, or keep, prompts of which some tokens are given. */
const MUST_CONTAIN_TRAINERS: readonly TrainerName[] = ['log-variance', 'best-of-n'];

/** Trainers whose policy has a prior, or is one: without it nothing says how long prompts are. */
const ENDING_TRAINERS: readonly TrainerName[] = [...PRIOR_TRAINERS, 'best-of-n'];

/** Trainers that draw tokens evenly from the vocabulary. */
const UNGUIDED_TRAINERS: readonly TrainerName[] = ['evolution', 'hill-climb', 'random'];

type Check = (config: RunConfig) => string | false | undefined;

const CHECKS: readonly Check[] = [
  ({ trainer, loss }) => {
    const losses: readonly string[] = definitionOf(trainer)?.losses ?? [];
    return !losses.includes(loss) && `trainer ${trainer} cannot minimise loss ${loss}: it has ${losses.join(', ')}`;
  },
  (config) => settingOfOthers(config),
  ({ trainer, onCollapse }) =>
    onCollapse === 'restart' &&
    !REPLAY_TRAINERS.includes(trainer) &&
    `onCollapse restart needs replay, which ${REPLAY_TRAINERS.join(' and ')} have, not ${trainer}`,
  ({ loss, trainer, rewardToEnd }) =>
    rewardToEnd && loss === 'none' && `rewardToEnd changes nothing with trainer ${trainer}, which has no policy`,
  ({ rewardToEnd }) =>
    rewardToEnd &&
    rewardToEnd[0] >= rewardToEnd[1] &&
    `rewardToEnd ${rewardToEnd.join()}: the first must be below the second`,
  ({ examplesPerStep, contentModel }) =>
    examplesPerStep !== undefined &&
    contentModel !== undefined &&
    'examplesPerStep is for tasks in which a prompt meets all examples; inputsPerStep is what others have',
  ({ examplesPerStep, calibrate }) =>
    examplesPerStep !== undefined &&
    calibrate === 'inputs' &&
    'examplesPerStep saves nothing with calibrate inputs, which reads every train input',
  (config) => lengthProblem(config),
  (config) => phraseProblem(config),
  (config) => writingSetting(config),
  ({ trainer, fluentTopK }) =>
    fluentTopK !== undefined &&
    UNGUIDED_TRAINERS.includes(trainer) &&
    `fluentTopK changes nothing with trainer ${trainer}, which does not ask the generator LM for tokens`,
  (config) => continuing(config),
  ({ rewardFrom: [min, max] }) => min >= max && `rewardFrom ${min},${max}: the first must be below the second`,
  ({ rewardTo: [min, max] }) => min >= max && `rewardTo ${min},${max}: the first must be below the second`,
  ({ candidates, topPromptsKept }) =>
    candidates > topPromptsKept && `candidates ${candidates} is more than topPromptsKept ${topPromptsKept}`,
  ({ textColumn, labelColumn }) =>
    textColumn !== undefined && textColumn === labelColumn && `textColumn and labelColumn are both ${textColumn}`,
  ({ verbalizer }) => verbalizer && verbalizerProblems(verbalizer).join('; '),
  ({ racing, cache }) => racing && !cache && 'racing needs the cache: its survivors are scored on some examples before',
  ({ racing, contentModel }) =>
    racing && contentModel !== undefined && 'racing saves nothing in style transfer, where a prompt meets one input',
  ({ racing, calibrate }) =>
    racing && calibrate === 'inputs' && 'racing saves nothing with calibrate inputs, which reads every train input',
  ({ objectives, combine }) => prefixed('objectives', findWeightProblem(objectives, combine)),
  ({ judge, rubric, objectives }) =>
    (judge ?? rubric) !== undefined &&
    !('judge' in objectives) &&
    'judge and rubric are for the objective judge: --objective judge=0.5',
  ({ rewardModel, objectives }) =>
    rewardModel !== undefined &&
    !('preference' in objectives) &&
    'rewardModel is for the objective preference: --objective preference=0.5',
  ({ judgeDownWeight, judgeMode }) =>
    judgeDownWeight && judgeMode !== 'pairwise' && 'judgeDownWeight is for judgeMode pairwise: a score has no order',
  ({ racing, objectives }) =>
    racing &&
    Object.keys(objectives).join() !== 'task' &&
    'racing is for the task’s own reward; it knows no other objectives',
];

/** Settings that are right one by one and impossible together. */
export function findRuleViolations(config: RunConfig): ConfigProblem[] {
  const messages = [...CHECKS.map((check) => check(config)), ...findInputConditionedViolations(config)];
  return messages.flatMap((message) => (message ? [{ message }] : []));
}

function prefixed(key: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${key}: ${problem}`;
}

function settingOfOthers(config: RunConfig): string | false {
  const settings = definitionOf(config.trainer)?.settings ?? {};
  const key = EXCLUSIVE_SETTINGS.find((name) => Boolean(config[name]) && !(name in settings));
  if (key === undefined) return false;
  const need = typeof config[key] === 'number' ? 'must be 0' : 'cannot be given';
  return `${key} ${need} with trainer ${config.trainer}: only ${(ownersOf(key) ?? []).join(', ')} has it`;
}

/** What is said of the tokens that a policy draws means nothing where none does. */
function writingSetting({ trainer, actions, context, forbid, mustContain }: RunConfig): string | undefined {
  const key = context ? 'context' : forbid ? 'forbid' : mustContain === undefined ? undefined : 'mustContain';
  const able = key === 'mustContain' ? MUST_CONTAIN_TRAINERS : DRAWING_TRAINERS;
  if (key === undefined || (able.includes(trainer) && !actions)) return undefined;
  return actions
    ? `${key} is for free tokens, not for actions`
    : `${key} needs a trainer that draws token by token: ${able.join(', ')}; not ${trainer}`;
}

/** A uniform prior would say that a longer prompt is the less likely, by the whole vocabulary for each token. */
function lengthProblem({ promptLength, minPromptLength, trainer, actions, priorBeta }: RunConfig): string | undefined {
  if (minPromptLength === undefined) return undefined;
  if (minPromptLength > promptLength) {
    return `minPromptLength ${minPromptLength} is more than promptLength ${promptLength}`;
  }
  if (actions) return 'minPromptLength is for free tokens, not for actions';
  if (!ENDING_TRAINERS.includes(trainer)) {
    return `minPromptLength needs a trainer whose policy ends its prompts: ${ENDING_TRAINERS.join(', ')}; not ${trainer}`;
  }
  return priorBeta === 0 && trainer !== 'best-of-n'
    ? 'minPromptLength needs the generator’s own say in what prompts are like: --prior-beta 1'
    : undefined;
}

/** A policy over phrases has a penalty of its own, and writes nothing. */
function phraseProblem({ actions, ptx, klIn }: RunConfig): string | false | undefined {
  if (!actions) return undefined;
  if (ptx) return 'ptx is for free tokens, not for actions';
  return klIn === 'reward' && 'klIn reward is for free tokens, not for actions';
}

/** Only a policy over tokens can be continued. */
function continuing({ trainer, actions, continueRun, ewc }: RunConfig): string | false {
  if (continueRun === undefined) return ewc > 0 && 'ewc needs a run to continue: --continue RUN';
  if (actions) return 'continueRun is for policies over tokens, not for actions';
  const able = CONDITIONED_TRAINERS.includes(trainer);
  return !able && `continueRun needs a trainer with a policy: ${CONDITIONED_TRAINERS.join(', ')}; not ${trainer}`;
}
