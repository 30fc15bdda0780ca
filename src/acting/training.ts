import { join } from 'node:path';
import { RlpromptError } from '../errors.js';
import { strictJson } from '../files/strict-json.js';
import { atomicWrite } from '../files/write/atomic-write.js';
import { Rng } from '../random/rng.js';
import { removeDamaged, removeEarlier } from '../run/checkpoint/checkpoint.js';
import { mean } from '../statistics/mean.js';
import type { TrainerState } from '../trainers/contract/types.js';
import { readActCheckpoint, writeActCheckpoint } from './act-checkpoint.js';
import type { ActFolder, ActPlan } from './act-folder.js';
import { greedyChooser } from './actors.js';
import type { EnvironmentWorld } from './environment-world.js';
import type { ActLearner, CurvePoint, LearnerMetrics } from './learner.js';
import { MctsLearner } from './mcts-learner.js';
import { cutOf, type Measured, measure } from './measure.js';
import { MEMORY, MemoryLearner, REMEMBERER } from './memory-learner.js';
import type { PhrasePolicy } from './policy/phrase-policy.js';
import { PpoLearner } from './ppo-learner.js';

export interface TrainingResult {
  readonly curve: readonly CurvePoint[];
  /** Greedy episodes, one of each task. */
  readonly train: Measured;
  readonly test: Measured;
}

/** Who follows the learning. */
export interface Watch {
  /** After each update. */
  onUpdate?(point: CurvePoint): void;
  /** The folder now holds all up to this update; called for the one that learning is resumed from, too. */
  onSaved(point: CurvePoint): void;
  /** Whether the last checkpoint is so old that the next is due before its turn. */
  isDue(): boolean;
  warn(message: string): void;
}

const CHECKPOINT_EVERY = 10;

type NewLearner = (policy: PhrasePolicy, tasks: readonly string[], plan: ActPlan) => ActLearner;

const LEARNERS: Readonly<Record<ActPlan['learner'], NewLearner>> = {
  ppo: (policy, tasks, plan) => new PpoLearner(policy, tasks, plan),
  mcts: (policy, tasks, plan) => new MctsLearner(policy, tasks, plan),
  memory: (policy, tasks, plan) => new MemoryLearner(policy, tasks, plan, MEMORY),
  rememberer: (policy, tasks, plan) => new MemoryLearner(policy, tasks, plan, REMEMBERER),
};

/**
 * Learns until the plan's updates are done, from the latest checkpoint where there is one. Episodes begin and end within an
 * update, so a checkpoint holds no state of the environment, and a resumed run ends as an unbroken one does. Checkpoints may be
 * written when a clock says so: the last one alone is left at the end.
 */
export async function train(
  folder: ActFolder,
  world: EnvironmentWorld,
  policy: PhrasePolicy,
  watch: Watch,
): Promise<TrainingResult> {
  const { updates } = folder.plan;
  const tasks = world.facts.tasks;
  const learner = LEARNERS[folder.plan.learner](policy, tasks.train, folder.plan);
  let rng = Rng.create(folder.plan.seed, 'sampling');
  let curve: CurvePoint[] = [];
  const found = readActCheckpoint(folder.path, folder.plan);
  if (found) {
    for (const warning of found.warnings) watch.warn(warning);
    removeDamaged(folder.path, found.checkpoint);
    curve = [...found.state.curve];
    const last = curve.at(-1);
    if (last) watch.onSaved(last);
    await learner.restore(found.state.learner, world);
    rng = Rng.restore(found.state.rng);
  }
  while (curve.length < updates) {
    const episodes = await learner.play(world, curve.length, rng);
    const metrics = await learner.learn(episodes, curve.length);
    refuseDivergence(metrics, curve.length + 1);
    const meanReturn = mean(episodes.map(({ total }) => total));
    const point = { update: curve.length + 1, meanReturn, ...cutOf(episodes), ...metrics };
    curve.push(point);
    watch.onUpdate?.(point);
    if (curve.length % CHECKPOINT_EVERY === 0 || curve.length === updates || watch.isDue()) {
      const saved = learner.save();
      refuseLostWeights(saved, curve.length);
      writeActCheckpoint(folder.path, folder.plan, { learner: saved, rng: rng.save(), curve });
      watch.onSaved(point);
    }
  }
  const greedy = () => greedyChooser(learner.logProbs);
  const result = {
    curve,
    train: await measure(world, tasks.train, policy, greedy, 1),
    test: await measure(world, tasks.test, policy, greedy, 1),
  };
  atomicWrite(join(folder.path, 'result.json'), `${strictJson({ schemaVersion: 1, ...result }, 2)}\n`);
  removeEarlier(folder.path, updates);
  return result;
}

function refuseDivergence(metrics: LearnerMetrics, update: number): void {
  const lost = Object.entries(metrics).find(([, value]) => !Number.isFinite(value));
  if (lost) throw diverged(`update ${update} has ${lost[0]} ${lost[1]}, which is not finite`);
}

/** The metrics of an update are those before its last step. */
function refuseLostWeights({ arrays }: TrainerState, update: number): void {
  const isLost = Object.values(arrays).some((array) => !array.every(Number.isFinite));
  if (isLost) throw diverged(`after update ${update} the policy has weights that are not finite`);
}

function diverged(message: string): RlpromptError {
  return new RlpromptError({
    code: 'E_DIVERGED',
    exit: 'numeric',
    message,
    next: 'start again with a smaller --learning-rate and another --out',
  });
}
