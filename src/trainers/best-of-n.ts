import { Rng, type RngState } from '../random/rng.js';
import { PromptArchive } from './prompt-archive.js';
import { type PolicyRollout, PromptPolicy } from './prompt-policy.js';
import { requireFiniteRewards } from './require-finite-rewards.js';
import type { Generator, TrainerSettings } from './settings.js';
import type { RewardParts, Rollout, RolloutReward, Trainer, TrainerState, UpdateMetrics } from './types.js';

/** How much hotter the LM is sampled each time it gave nothing new. */
const HEATING = 1.25;

/**
 * Samples of the frozen generator LM itself, none twice, and the best of them in the end: what learning has to beat that
 * starts from a language model. Where the LM has nothing new to say it is sampled hotter.
 */
export class BestOfN implements Trainer {
  readonly name = 'best-of-n';
  private readonly archive = new PromptArchive();
  private rng: Rng;

  private constructor(
    private readonly lm: PromptPolicy,
    private readonly settings: TrainerSettings,
  ) {
    this.rng = Rng.create(settings.seed, 'sampling');
  }

  static async create(generator: Generator, settings: TrainerSettings): Promise<BestOfN> {
    return new BestOfN(await PromptPolicy.create(generator, settings, { maskedInLoss: true, frozen: true }), settings);
  }

  async propose(count: number): Promise<Rollout[]> {
    const drawn = new Map<string, PolicyRollout>();
    const prompts = await this.archive.unseen(count, async (_, round) => {
      const rollouts = await this.lm.sample(count, this.rng, {
        temperature: this.settings.temperature * HEATING ** round,
      });
      for (const rollout of rollouts) drawn.set(rollout.tokenIds.join(' '), rollout);
      return rollouts.map(({ tokenIds }) => [...tokenIds]);
    });
    return prompts.map((prompt) => drawn.get(prompt.join(' '))!);
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    requireFiniteRewards(rewards);
    rollouts.forEach(({ tokenIds }, i) => {
      this.archive.add(tokenIds, rewards[i]!.raw, rewards[i]!.parts);
    });
    const entropy = -meanOf((rollouts as readonly PolicyRollout[]).flatMap(({ trace }) => [...trace.samplingLogProbs]));
    return { loss: 0, gradNorm: 0, entropy, 'search/best-reward': this.archive.best!.reward };
  }

  async best(): Promise<Rollout> {
    const best = this.archive.best;
    return best ? this.lm.follow(best.tokenIds) : this.lm.greedy();
  }

  /** It joins what was seen: it is not proposed again, and may be the best. */
  async learnFrom(tokenIds: readonly number[], rawReward: number, parts?: RewardParts): Promise<boolean> {
    this.archive.add(tokenIds, rawReward, parts);
    return true;
  }

  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.archive.reweigh(rewardOf);
  }

  save(): TrainerState {
    return { json: { rng: this.rng.save(), archive: this.archive.save() }, arrays: {} };
  }

  restore({ json }: TrainerState): void {
    this.rng = Rng.restore(json.rng as RngState);
    this.archive.restore(json.archive as ReturnType<PromptArchive['save']>);
  }

  async dispose(): Promise<void> {
    await this.lm.dispose();
  }
}

/** A sample's mean −log p is an estimate of the entropy it was drawn with. */
function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
