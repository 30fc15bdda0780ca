import type { FirstObservation, StepAnswer } from '../task/environment.js';
import type { Choice, PhrasePolicy } from './policy/phrase-policy.js';

/** An environment whose answers have been checked. */
export interface World {
  reset(task: string): Promise<FirstObservation>;
  step(action: string): Promise<StepAnswer>;
}

/** The position of the action to take in a task. */
export type Chooser = (choice: Choice, task: string) => number | Promise<number>;

export interface Step {
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
export const ROUNDING = 1e-9;

export async function playEpisode(
  world: World,
  task: string,
  policy: Pick<PhrasePolicy, 'look'>,
  choose: Chooser,
): Promise<Episode> {
  const first = await world.reset(task);
  const steps: Step[] = [];
  let total = 0;
  for (let seen: Pick<StepAnswer, 'observation' | 'actions' | 'done'> = { ...first, done: false }; !seen.done; ) {
    const choice = await policy.look(seen.observation, seen.actions);
    const action = await choose(choice, task);
    const answer = await world.step(choice.actions[action] ?? '');
    total += answer.reward;
    steps.push({ choice, action, reward: answer.reward });
    seen = answer;
  }
  const isBest = first.bestReturn === undefined ? undefined : total > first.bestReturn - ROUNDING;
  return { task, steps, total, isBest };
}

/** The episodes of one update, with tasks in turn: each is met equally often. */
export async function playInTurn(
  world: World,
  tasks: readonly string[],
  policy: Pick<PhrasePolicy, 'look'>,
  choose: Chooser,
  { update, episodes: count }: { update: number; episodes: number },
): Promise<Episode[]> {
  const episodes: Episode[] = [];
  for (let place = update * count; episodes.length < count; place++) {
    episodes.push(await playEpisode(world, tasks[place % tasks.length] ?? '', policy, choose));
  }
  return episodes;
}
