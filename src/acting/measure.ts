import { mean } from '../statistics/mean.js';
import { type Chooser, type Episode, playEpisode, type World } from './episodes.js';
import type { PhrasePolicy } from './policy/phrase-policy.js';

export interface Measured {
  readonly episodes: number;
  readonly meanReturn: number;
  readonly meanSteps: number;
  /** Episodes that were cut; undefined where none was. */
  readonly cut?: number | undefined;
  /** Share of episodes with the largest return there is; undefined where the environment does not know it. */
  readonly best?: number | undefined;
}

/**
 * Plays some episodes of each task.
 * @param newChooser called for each episode
 */
export async function measure(
  world: World,
  tasks: readonly string[],
  policy: Pick<PhrasePolicy, 'look'>,
  newChooser: () => Chooser,
  times: number,
): Promise<Measured> {
  const episodes: Episode[] = [];
  for (const task of tasks) {
    for (let time = 0; time < times; time++) episodes.push(await playEpisode(world, task, policy, newChooser()));
  }
  const known = episodes.flatMap(({ isBest }) => (isBest === undefined ? [] : [isBest ? 1 : 0]));
  return {
    episodes: episodes.length,
    meanReturn: mean(episodes.map(({ total }) => total)),
    meanSteps: mean(episodes.map(({ steps }) => steps.length)),
    ...cutOf(episodes),
    ...(known.length > 0 ? { best: mean(known) } : {}),
  };
}

/** How many were cut, where any was. */
export function cutOf(episodes: readonly Episode[]): { readonly cut?: number } {
  const cut = episodes.filter(({ isCut }) => isCut).length;
  return cut > 0 ? { cut } : {};
}
