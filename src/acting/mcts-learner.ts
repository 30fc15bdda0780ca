import type { Rng } from '../random/rng.js';
import type { TrainerState } from '../trainers/contract/types.js';
import { ActionTree } from './action-tree.js';
import { curious } from './actors.js';
import { type Episode, playEpisode, type Step, type World } from './episodes.js';
import type { ActLearner, LearnerMetrics } from './learner.js';
import type { Choice, PhrasePolicy } from './policy/phrase-policy.js';
import { policyStep } from './policy-step.js';

/** Steps of the policy after each search. */
const PASSES = 16;
/** Share of the search's draws that look at all actions alike: a policy that has learned the first plans found would find no others. */
const CURIOSITY = 0.25;

/**
 * Imitation of what a search finds: each update searches one task with the policy as prior, keeps the best episode, and moves
 * the policy towards the best episodes of all tasks (E2WM, arXiv 2305.10626). Rewards alone say what is best.
 */
export class MctsLearner implements ActLearner {
  readonly logProbs = (choice: Choice): Float64Array => this.policy.logProbs(choice);
  private readonly found = new Map<string, Episode>();

  constructor(
    private readonly policy: PhrasePolicy,
    private readonly tasks: readonly string[],
    private readonly settings: { readonly episodes: number; readonly learningRate: number },
  ) {}

  async play(world: World, update: number, rng: Rng): Promise<Episode[]> {
    const task = this.tasks[update % this.tasks.length] ?? '';
    const tree = new ActionTree((choice) => curious(this.logProbs(choice), CURIOSITY), rng);
    const episodes: Episode[] = [];
    while (episodes.length < this.settings.episodes && !tree.isExhausted) {
      const episode = await playEpisode(world, task, this.policy, (choice) => tree.choose(choice));
      tree.end(episode.total);
      episodes.push(episode);
    }
    return episodes;
  }

  learn(episodes: readonly Episode[]): LearnerMetrics {
    for (const episode of episodes) {
      const best = this.found.get(episode.task);
      if (!best || episode.total > best.total) this.found.set(episode.task, episode);
    }
    const steps = [...this.found.values()].flatMap((episode) => bestBeginning(episode.steps));
    if (steps.length === 0) return { entropy: 0 };
    const step = policyStep(this.policy, steps, { ...this.settings, entropyWeight: 0 });
    let entropy = 0;
    for (let pass = 0; pass < PASSES; pass++) entropy = step((logProbs) => logProbs.map(() => -1 / steps.length));
    return { entropy };
  }

  save(): TrainerState {
    const found = [...this.found.values()].map(({ task, steps }) => [task, steps.map(({ action }) => action)]);
    const { json, arrays } = this.policy.trained.save();
    return { json: { found, policy: json }, arrays };
  }

  async restore({ json, arrays }: TrainerState, world: World): Promise<void> {
    this.policy.trained.restore({ json: json.policy as TrainerState['json'], arrays });
    for (const [task, actions] of json.found as [string, number[]][]) {
      let place = 0;
      this.found.set(task, await playEpisode(world, task, this.policy, () => actions[place++] ?? 0));
    }
  }
}

/** Up to where the sum of rewards is largest: what only cost something is not imitated. */
function bestBeginning(steps: readonly Step[]): readonly Step[] {
  let [sum, largest, length] = [0, 0, 0];
  for (const [t, { reward }] of steps.entries()) {
    sum += reward;
    if (sum > largest) [largest, length] = [sum, t + 1];
  }
  return steps.slice(0, length);
}
