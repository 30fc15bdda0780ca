import { verbalizerProblems } from '../classifier/given-words.js';
import { findConditionedMixes } from './conditioned-mixes.js';
import type { ConfigProblem } from './config-problem.js';
import type { RunConfig } from './run-config.js';
import { findWeightProblem } from './values/term-weights.js';
import { OFF_POLICY_TRAINERS, TRAINER_LOSSES } from './values/trainer-names.js';

type Check = (config: RunConfig) => string | false | undefined;

/** What on-policy losses rule out, and searches without a loss have no use for. */
export const OFF_POLICY_KEYS = ['replayUpdates', 'redraws'] as const;

const CHECKS: readonly Check[] = [
  ({ trainer, loss }) =>
    !(TRAINER_LOSSES[trainer] as readonly string[]).includes(loss) &&
    `trainer ${trainer} cannot minimise loss ${loss}: it has ${TRAINER_LOSSES[trainer].join(', ')}`,
  (config) => !OFF_POLICY_TRAINERS.includes(config.trainer) && offPolicySetting(config),
  ({ trainer, onCollapse }) =>
    onCollapse === 'restart' &&
    !OFF_POLICY_TRAINERS.includes(trainer) &&
    `onCollapse restart needs replay, which ${OFF_POLICY_TRAINERS.join(' and ')} have, not ${trainer}`,
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
  ({ trainer, actions }) => actions && trainer !== 'ppo' && `actions are only for trainer ppo, not ${trainer}`,
  ({ rewardFrom: [min, max] }) => min >= max && `rewardFrom ${min},${max}: the first must be below the second`,
  ({ rewardTo: [min, max] }) => min >= max && `rewardTo ${min},${max}: the first must be below the second`,
  ({ candidates, topPromptsKept }) =>
    candidates > topPromptsKept && `candidates ${candidates} is more than topPromptsKept ${topPromptsKept}`,
  ({ textColumn, labelColumn }) =>
    textColumn !== undefined && textColumn === labelColumn && `textColumn and labelColumn are both ${textColumn}`,
  ({ verbalizer }) => verbalizer && verbalizerProblems(verbalizer).join('; '),
  ({ racing, cache }) => racing && !cache && 'racing needs the cache: its finalists are scored on some examples before',
  ({ racing, contentModel }) =>
    racing && contentModel !== undefined && 'racing saves nothing in style transfer, where a prompt meets one input',
  ({ racing, calibrate }) =>
    racing && calibrate === 'inputs' && 'racing saves nothing with calibrate inputs, which reads every train input',
  ({ terms, combine }) => prefixed('terms', findWeightProblem(terms, combine)),
  ({ judge, rubric, terms }) =>
    (judge ?? rubric) !== undefined &&
    !('judge' in terms) &&
    'judge and rubric are for the term judge: --term judge=0.5',
  ({ rewardModel, terms }) =>
    rewardModel !== undefined &&
    !('preference' in terms) &&
    'rewardModel is for the term preference: --term preference=0.5',
  ({ judgeDownWeight, judgeMode }) =>
    judgeDownWeight && judgeMode !== 'pairwise' && 'judgeDownWeight is for judgeMode pairwise: a score has no order',
  ({ racing, terms }) =>
    racing && Object.keys(terms).join() !== 'task' && 'racing is for the task’s own reward; it knows no other terms',
];

/** Settings that are right one by one and impossible together. */
export function findImpossibleMixes(config: RunConfig): ConfigProblem[] {
  const messages = [...CHECKS.map((check) => check(config)), ...findConditionedMixes(config)];
  return messages.flatMap((message) => (message ? [{ message }] : []));
}

function prefixed(key: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${key}: ${problem}`;
}

function offPolicySetting(config: RunConfig): string | false {
  const key = OFF_POLICY_KEYS.find((name) => config[name] > 0);
  return (
    key !== undefined &&
    `${key} must be 0 with trainer ${config.trainer}: only ${OFF_POLICY_TRAINERS.join(', ')} has it`
  );
}
