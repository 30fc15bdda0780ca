import { givenWords } from '../../classifier/given-words.js';
import type { UnnumberedEvent } from '../../events.js';
import { sumOf } from '../plan/range.js';
import { planRun, type RunPlan } from '../plan/run-plan.js';
import type { RunRows } from '../plan/run-rows.js';
import type { RunParts } from './run-parts.js';

/** What `run-start` says: what is searched, with what, and how far. */
export function describeStart(
  { config, task, generator, targetLm, template, objectives, evaluator, folder }: RunParts,
  { evaluation, final }: RunRows,
  resumedAtStep: number | undefined,
): UnnumberedEvent {
  const { train, dev, test } = task.splits;
  return {
    type: 'run-start',
    runDir: folder.path,
    task: task.name,
    kind: task.kind,
    generator: generator.name,
    targetLm: targetLm.name,
    trainer: config.trainer,
    preset: config.preset,
    seed: config.seed,
    examples: { train: train.length, dev: dev.length, test: test.length },
    labels: task.labels.map(({ name }) => name),
    labelWords: task.labels.map(({ word }) => word),
    ...(task.labels.some(({ words }) => words)
      ? { labelWordSets: givenWords(task.labels).map(({ words }) => words) }
      : {}),
    template: template.source,
    ...(task.kind === 'classification' && task.normalise !== 'none' ? { normalise: task.normalise } : {}),
    metric: evaluator.metric,
    select: config.select,
    limits: {
      steps: config.steps,
      ...(config.forwards === undefined ? {} : { forwards: config.forwards }),
      ...(config.minutes === undefined ? {} : { minutes: config.minutes }),
    },
    ...(objectives ? { objectives: objectives.describe(), combine: objectives.rule } : {}),
    otherRows: { evaluation, evaluationEvery: config.evaluationEvery, final },
    ...(resumedAtStep === undefined ? { plan: describePlan(planRun(task, config)) } : { resumedAtStep }),
  };
}

function describePlan({ forwards, service }: RunPlan) {
  if (!service) return { forwards };
  const { requests, read, written, cost } = service;
  return { forwards, requests, tokens: sumOf([read, written]), ...(cost ? { cost } : {}) };
}
