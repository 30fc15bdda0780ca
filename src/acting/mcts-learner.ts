import { giveWay } from '../give-way.js';
import type { Rng } from '../random/rng.js';
import { mean } from '../statistics/mean.js';
import type { TrainerState } from '../trainers/contract/types.js';
import { ActionTree } from './action-tree.js';
import { curious } from './actors.js';
import { type Episode, playEpisode, ROUNDING, type Step, type World } from './episodes.js';
import type { ActLearner, LearnerMetrics } from './learner.js';
import type { Choice, PhrasePolicy } from './policy/phrase-policy.js';
import { entropyOf, policyStep } from './policy-step.js';

/** Steps of the policy after each search. */
const PASSES = 16;
/** Share of the search's draws that look at all actions alike: a policy that has learned the first plans found would find no others. */
const CURIOSITY = 0.25;

/** What the searches of a task have found. */
interface Found {
  readonly best: Episode;
  /** The least return. */
  readonly least: number;
}

/**
 * Imitation of what a search finds: each update searches one task with the policy as prior, keeps the best episode, and moves
 * the policy towards the best episodes of all tasks (E2WM, arXiv 2305.10626). Rewards alone say what is best.
 */
export class MctsLearner implements ActLearner {
  readonly logProbs = (choice: Choice): Float64Array => this.policy.logProbs(choice);
  private readonly found = new Map<string, Found>();
  /** Of the policy at each choice since the last update. */
  private entropies: number[] = [];

  constructor(
    private readonly policy: PhrasePolicy,
    private readonly tasks: readonly string[],
    private readonly settings: { readonly episodes: number; readonly learningRate: number },
  ) {}

  async play(world: World, update: number, rng: Rng): Promise<Episode[]> {
    const task = this.tasks[update % this.tasks.length] ?? '';
    const tree = new ActionTree((choice) => {
      const logProbs = this.logProbs(choice);
      this.entropies.push(entropyOf(logProbs));
      return curious(logProbs, CURIOSITY);
    }, rng);
    const episodes: Episode[] = [];
    while (episodes.length < this.settings.episodes && !tree.isExhausted) {
      const episode = await playEpisode(world, task, this.policy, (choice) => tree.choose(choice));
      tree.end(episode.total);
      episodes.push(episode);
    }
    return episodes;
  }

  async learn(episodes: readonly Episode[]): Promise<LearnerMetrics> {
    for (const episode of episodes) {
      const { best, least } = this.found.get(episode.task) ?? { best: episode, least: episode.total };
      this.found.set(episode.task, {
        best: episode.total > best.total ? episode : best,
        least: Math.min(least, episode.total),
      });
    }
    const entropy = mean(this.entropies);
    this.entropies = [];
    const steps = worthImitating([...this.found.values()]);
    if (steps.length === 0) return { entropy };
    const step = policyStep(this.policy, steps, { ...this.settings, entropyWeight: 0 });
    for (let pass = 0; pass < PASSES; pass++) {
      step((logProbs) => logProbs.map(() => -1 / steps.length));
      await giveWay();
    }
    return { entropy };
  }

  save(): TrainerState {
    const found = [...this.found.values()].map(({ best: { task, steps }, least }) => {
      return [task, steps.map(({ action }) => action), least];
    });
    const { json, arrays } = this.policy.trained.save();
    return { json: { found, policy: json }, arrays };
  }

  async restore({ json, arrays }: TrainerState, world: World): Promise<void> {
    this.policy.trained.restore({ json: json.policy as TrainerState['json'], arrays });
    // Checkpoints of earlier versions hold no least return.
    for (const [task, actions, least] of json.found as [string, number[], number?][]) {
      // An environment that was corrected may have other tasks, and other actions on offer.
      if (!this.tasks.includes(task)) continue;
      let place = 0;
      const best = await playEpisode(world, task, this.policy, ({ actions: { length } }) => {
        return Math.min(actions[place++] ?? 0, length - 1);
      });
      this.found.set(task, { best, least: least ?? best.total });
    }
  }
}

/**
 * The beginnings of the best episodes. Where no task has one, as where every step costs something, the best episodes as a
 * whole, but for those of tasks whose episodes were all worth the same: there any of them is the best.
 */
function worthImitating(found: readonly Found[]): readonly Step[] {
  const beginnings = found.flatMap(({ best }) => bestBeginning(best.steps));
  if (beginnings.length > 0) return beginnings;
  return found.flatMap(({ best, least }) => (best.total - least > ROUNDING ? best.steps : []));
}

/** Up to where the sum of rewards is largest: what only costs something is not imitated. */
function bestBeginning(steps: readonly Step[]): readonly Step[] {
  let [sum, largest, length] = [0, 0, 0];
  for (const [t, { reward }] of steps.entries()) {
    sum += reward;
    if (sum > largest) [largest, length] = [sum, t + 1];
  }
  return steps.slice(0, length);
}
