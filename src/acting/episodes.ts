import type { FirstObservation, StepAnswer } from '../task/environment.js';
import type { Choice, PhrasePolicy } from './policy/phrase-policy.js';

/** Steps after which an episode is cut, where the environment does not say itself how many it may take. */
export const LONGEST_EPISODE = 100;

/** What followed an action; an episode that is cut is done, too. */
export interface Answer extends StepAnswer {
  readonly isCut?: boolean;
}

/** An environment whose answers have been checked. */
export interface World {
  reset(task: string): Promise<FirstObservation>;
  step(action: string): Promise<Answer>;
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
  /** It had not ended after `LONGEST_EPISODE` steps; what it was worth so far counts. */
  readonly isCut?: boolean;
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
  let isCut = false;
  for (let seen: Pick<StepAnswer, 'observation' | 'actions' | 'done'> = { ...first, done: false }; !seen.done; ) {
    const choice = await policy.look(seen.observation, seen.actions);
    const action = await choose(choice, task);
    const answer = await world.step(choice.actions[action] ?? '');
    total += answer.reward;
    steps.push({ choice, action, reward: answer.reward });
    seen = answer;
    isCut = answer.isCut ?? false;
  }
  const isBest = first.bestReturn === undefined ? undefined : total > first.bestReturn - ROUNDING;
  return { task, steps, total, ...(isCut ? { isCut } : {}), isBest };
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
