import { Rng, type RngState, type RngStream } from '../../random/rng.js';
import { zip } from '../../statistics/zip.js';
import { promptKey } from '../contract/prompt-key.js';
import type { RewardParts, Rollout, RolloutReward, Trainer, TrainerState, UpdateMetrics } from '../contract/types.js';
import { PromptArchive } from './prompt-archive.js';

/** Where prompts come from that do not depend on the rewards of others. */
export interface PromptSource {
  readonly name: string;
  readonly stream: RngStream;
  /** @param round how often nothing new was found, to draw more widely */
  draw(wanted: { count: number; missing: number; round: number }, rng: Rng): Promise<Rollout[]>;
  /** Entropy in nats a token of what was drawn. */
  entropyOf(rollouts: readonly Rollout[]): number;
  rollout(tokenIds: readonly number[]): Promise<Rollout>;
  /** What is called best while nothing was seen. */
  first(): Promise<Rollout>;
  dispose(): Promise<void>;
}

/** Draws prompts, none twice, and keeps the best: it learns nothing. */
export class SampledSearch implements Trainer {
  readonly name: string;
  private readonly archive = new PromptArchive();
  private rng: Rng;

  constructor(
    private readonly source: PromptSource,
    seed: number,
  ) {
    this.name = source.name;
    this.rng = Rng.create(seed, source.stream);
  }

  async propose(count: number): Promise<Rollout[]> {
    const drawn = new Map<string, Rollout>();
    const prompts = await this.archive.unseen(count, async (missing, round) => {
      const rollouts = await this.source.draw({ count, missing, round }, this.rng);
      for (const rollout of rollouts) drawn.set(promptKey(rollout.tokenIds), rollout);
      return rollouts.map(({ tokenIds }) => [...tokenIds]);
    });
    return prompts.flatMap((prompt) => drawn.get(promptKey(prompt)) ?? []);
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    for (const [{ tokenIds }, { raw, parts }] of zip(rollouts, rewards)) this.archive.add(tokenIds, raw, parts);
    const entropy = this.source.entropyOf(rollouts);
    return { loss: 0, gradNorm: 0, entropy, 'search/best-reward': this.archive.best?.reward ?? 0 };
  }

  best(): Promise<Rollout> {
    const { best } = this.archive;
    return best ? this.source.rollout(best.tokenIds) : this.source.first();
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

  dispose(): Promise<void> {
    return this.source.dispose();
  }
}
