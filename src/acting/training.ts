import { join } from 'node:path';
import { atomicWrite } from '../files/atomic-write.js';
import { strictJson } from '../files/strict-json.js';
import { Rng, type RngState } from '../random/rng.js';
import { readLatestCheckpoint, removeDamaged, writeCheckpoint } from '../run/checkpoint/checkpoint.js';
import { mean } from '../statistics/mean.js';
import type { TrainerState } from '../trainers/contract/types.js';
import type { ActFolder } from './act-folder.js';
import { policyActor } from './actors.js';
import type { EnvironmentWorld } from './environment-world.js';
import { type Episode, playEpisode } from './episodes.js';
import { type Measured, measure } from './measure.js';
import type { PhrasePolicy } from './phrase-policy.js';
import { PpoLearner } from './ppo-learner.js';

/** One point of the curve: the episodes that an update learned from. */
export interface CurvePoint {
  readonly update: number;
  readonly meanReturn: number;
  readonly entropy: number;
  readonly criticLoss: number;
}

export interface TrainingResult {
  readonly curve: readonly CurvePoint[];
  /** Greedy episodes, one of each task. */
  readonly train: Measured;
  readonly test: Measured;
}

const CHECKPOINT_EVERY = 10;
const RATE = 0.3;
const ENTROPY_WEIGHT = 0.02;

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
  const { seed, updates, episodes: count } = folder.plan;
  const tasks = world.facts.tasks;
  const learner = new PpoLearner(policy, { seed, rate: RATE, entropyWeight: ENTROPY_WEIGHT });
  let rng = Rng.create(seed, 'sampling');
  let curve: CurvePoint[] = [];
  const found = readLatestCheckpoint(folder.path);
  if (found) {
    const { json, arrays } = found.checkpoint;
    const saved = json as { learner: TrainerState['json']; rng: RngState; curve: CurvePoint[] };
    removeDamaged(folder.path, found.checkpoint);
    learner.restore({ json: saved.learner, arrays });
    rng = Rng.restore(saved.rng);
    curve = [...saved.curve];
  }
  while (curve.length < updates) {
    const actor = policyActor(policy, rng);
    const episodes: Episode[] = [];
    for (let i = 0; i < count; i++) {
      // In turn: each task is met equally often.
      const task = tasks.train[(curve.length * count + i) % tasks.train.length] ?? '';
      episodes.push(await playEpisode(world, task, actor));
    }
    const { entropy, criticLoss } = learner.learn(episodes);
    const point = {
      update: curve.length + 1,
      meanReturn: mean(episodes.map(({ total }) => total)),
      entropy,
      criticLoss,
    };
    curve.push(point);
    onPoint(point);
    if (curve.length % CHECKPOINT_EVERY === 0 || curve.length === updates) {
      const { json, arrays } = learner.save();
      writeCheckpoint(folder.path, { step: curve.length, json: { learner: json, rng: rng.save(), curve }, arrays });
    }
  }
  const greedy = policyActor(policy);
  const result = {
    curve,
    train: await measure(world, tasks.train, greedy, 1),
    test: await measure(world, tasks.test, greedy, 1),
  };
  atomicWrite(join(folder.path, 'result.json'), `${strictJson({ schemaVersion: 1, ...result }, 2)}\n`);
  return result;
}
