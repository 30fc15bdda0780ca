import type { FirstObservation, StepAnswer } from '../task/environment.js';
import type { Choice } from './phrase-policy.js';

/** An environment whose answers have been checked. */
export interface World {
  reset(task: string): Promise<FirstObservation>;
  step(action: string): Promise<StepAnswer>;
}

/** Who chooses: the text that stands before the actions, and the one that is taken. */
export interface Actor {
  choose(task: string, observation: string, actions: readonly string[]): Promise<{ choice: Choice; action: number }>;
}

export interface Step {
  readonly observation: string;
  readonly choice: Choice;
  /** Position among the choice's actions. */
  readonly action: number;
  readonly reward: number;
}

export interface Episode {
  readonly task: string;
  readonly steps: readonly Step[];
  readonly total: number;
  /** Undefined where the environment does not know the best return. */
  readonly isBest: boolean | undefined;
}

/** Sums of rewards that differ by less are equal. */
const ROUNDING = 1e-9;

export async function playEpisode(world: World, task: string, actor: Actor): Promise<Episode> {
  const first = await world.reset(task);
  const steps: Step[] = [];
  let total = 0;
  for (let seen: Pick<StepAnswer, 'observation' | 'actions' | 'done'> = { ...first, done: false }; !seen.done; ) {
    const { observation, actions } = seen;
    const { choice, action } = await actor.choose(task, observation, actions);
    const answer = await world.step(actions[action] ?? '');
    total += answer.reward;
    steps.push({ observation, choice, action, reward: answer.reward });
    seen = answer;
  }
  const isBest = first.bestReturn === undefined ? undefined : total > first.bestReturn - ROUNDING;
  return { task, steps, total, isBest };
}
