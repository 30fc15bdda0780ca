import { join } from 'node:path';
import { strictJson } from '../files/strict-json.js';
import { atomicWrite } from '../files/write/atomic-write.js';
import { Rng, type RngState } from '../random/rng.js';
import { readLatestCheckpoint, removeDamaged, writeCheckpoint } from '../run/checkpoint/checkpoint.js';
import { mean } from '../statistics/mean.js';
import type { TrainerState } from '../trainers/contract/types.js';
import type { ActFolder, ActPlan } from './act-folder.js';
import { greedyChooser } from './actors.js';
import type { EnvironmentWorld } from './environment-world.js';
import type { ActLearner, LearnerMetrics } from './learner.js';
import { MctsLearner } from './mcts-learner.js';
import { cutOf, type Measured, measure } from './measure.js';
import { MEMORY, MemoryLearner, REMEMBERER } from './memory-learner.js';
import type { PhrasePolicy } from './policy/phrase-policy.js';
import { PpoLearner } from './ppo-learner.js';

/** One point of the curve: the episodes that an update learned from. */
export interface CurvePoint extends LearnerMetrics {
  readonly update: number;
  readonly meanReturn: number;
  /** Episodes that were cut; undefined where none was. */
  readonly cut?: number;
}

export interface TrainingResult {
  readonly curve: readonly CurvePoint[];
  /** Greedy episodes, one of each task. */
  readonly train: Measured;
  readonly test: Measured;
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
 * update, so a checkpoint holds no state of the environment, and a resumed run ends as an unbroken one does.
 */
export async function train(
  folder: ActFolder,
  world: EnvironmentWorld,
  policy: PhrasePolicy,
  onPoint: (point: CurvePoint) => void,
): Promise<TrainingResult> {
  const { updates } = folder.plan;
  const tasks = world.facts.tasks;
  const learner = LEARNERS[folder.plan.learner](policy, tasks.train, folder.plan);
  let rng = Rng.create(folder.plan.seed, 'sampling');
  let curve: CurvePoint[] = [];
  const found = readLatestCheckpoint(folder.path);
  if (found) {
    const { json, arrays } = found.checkpoint;
    const saved = json as { learner: TrainerState['json']; rng: RngState; curve: CurvePoint[] };
    removeDamaged(folder.path, found.checkpoint);
    await learner.restore({ json: saved.learner, arrays }, world);
    rng = Rng.restore(saved.rng);
    curve = [...saved.curve];
  }
  while (curve.length < updates) {
    const episodes = await learner.play(world, curve.length, rng);
    const metrics = await learner.learn(episodes, curve.length);
    const meanReturn = mean(episodes.map(({ total }) => total));
    const point = { update: curve.length + 1, meanReturn, ...cutOf(episodes), ...metrics };
    curve.push(point);
    onPoint(point);
    if (curve.length % CHECKPOINT_EVERY === 0 || curve.length === updates) {
      const { json, arrays } = learner.save();
      writeCheckpoint(folder.path, { step: curve.length, json: { learner: json, rng: rng.save(), curve }, arrays });
    }
  }
  const greedy = () => greedyChooser(learner.logProbs);
  const result = {
    curve,
    train: await measure(world, tasks.train, policy, greedy, 1),
    test: await measure(world, tasks.test, policy, greedy, 1),
  };
  atomicWrite(join(folder.path, 'result.json'), `${strictJson({ schemaVersion: 1, ...result }, 2)}\n`);
  return result;
}
