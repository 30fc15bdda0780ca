import { RlpromptError } from '../errors.js';
import { atomicWrite } from '../files/write/atomic-write.js';
import { matrixShapes } from '../policy/parameters/saved-parameters.js';
import { encodeCheckpoint } from '../run/checkpoint/checkpoint-format.js';
import { readCheckpointFile } from '../run/checkpoint/read-checkpoint-file.js';
import type { TrainerState } from '../trainers/contract/types.js';
import { Critic } from '../trainers/policy/critic.js';
import type { FrozenLm } from './frozen-lm.js';

export interface ScorerFacts {
  readonly lm: string;
  readonly lmDigest: string;
  /** Name of the reward that it foretells, or the file of its texts where they name none. */
  readonly reward: string;
  readonly loss: 'fudge' | 'cd-q';
  /** Texts that it was fitted to, and their rewards' mean and standard deviation. */
  readonly texts: number;
  readonly mean: number;
  readonly deviation: number;
}

/**
 * V(x, y₁…yₜ), the reward that the frozen LM's continuations of a text will have on average, in standard deviations from
 * the mean. It is a Q-head: the value of each candidate token comes from the state before it.
 */
export class PrefixScorer {
  constructor(
    readonly facts: ScorerFacts,
    readonly critic: Critic,
  ) {}

  /** V after each token. @param tokenIds [rows * width]; @returns [rows * width] */
  values(lm: FrozenLm, hidden: Float32Array, tokenIds: ArrayLike<number>): Float64Array {
    return this.critic.values(lm.features(hidden, tokenIds));
  }
}

export function writeScorer(path: string, { facts, critic }: PrefixScorer): void {
  const { json, arrays } = critic.save();
  const content = { step: 0, json: { ...facts, critic: json }, arrays };
  atomicWrite(path, encodeCheckpoint(content, matrixShapes(arrays)).bytes);
}

/** What a scorer's file holds, before there is a model. */
export interface SavedScorer {
  readonly path: string;
  readonly facts: ScorerFacts;
  readonly critic: TrainerState;
}

/** Whether a file can be read as a scorer, of whatever LM. */
export function isScorer(path: string): boolean {
  try {
    readScorer(path);
    return true;
  } catch (error) {
    if (error instanceof RlpromptError && error.code === 'E_SCORER_FILE') return false;
    throw error;
  }
}

/** @throws RlpromptError `E_SCORER_FILE` where the file is not one */
export function readScorer(path: string): SavedScorer {
  const { json, arrays } = readCheckpointFile(path, (why) => noScorer(path, why));
  if (!('lmDigest' in Object(json))) throw noScorer(path, 'it holds something else');
  const { critic, ...facts } = json as ScorerFacts & { critic: TrainerState['json'] };
  return { path, facts, critic: { json: critic, arrays } };
}

/** @throws RlpromptError `E_SCORER_LM` where the scorer was fitted on the states of another LM */
export function scorerFor(
  { path, facts, critic: saved }: SavedScorer,
  lm: { name: string; digest: string; featureSize: number },
): PrefixScorer {
  if (facts.lmDigest !== lm.digest) throw otherLm(path, facts.lm, lm.name);
  const critic = new Critic(lm.featureSize, 0);
  critic.restore(saved);
  return new PrefixScorer(facts, critic);
}

function noScorer(path: string, why: string): RlpromptError {
  return new RlpromptError({
    code: 'E_SCORER_FILE',
    exit: 'data',
    message: `not a prefix scorer: ${why}`,
    where: path,
    kept: 'the file is unchanged',
    next: 'rlprompt decode fit TEXTS --out FILE',
  });
}

function otherLm(path: string, fitted: string, now: string): RlpromptError {
  return new RlpromptError({
    code: 'E_SCORER_LM',
    exit: 'config',
    message: `the scorer was fitted on the states of ${fitted}, but the model is ${now} (its files differ)`,
    where: path,
    kept: 'nothing was started',
    next: `--model ${fitted}, or fit a scorer on ${now}`,
  });
}
