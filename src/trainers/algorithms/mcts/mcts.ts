import { type Candidates, sampleTokens } from '../../../policy/sampling.js';
import { Rng, type RngState } from '../../../random/rng.js';
import { zip } from '../../../statistics/zip.js';
import { promptKey } from '../../contract/prompt-key.js';
import type { Generator, TrainerSettings } from '../../contract/settings.js';
import type { CreateTrainer } from '../../contract/trainer-definition.js';
import type {
  RewardParts,
  Rollout,
  RolloutReward,
  Trainer,
  TrainerState,
  UpdateMetrics,
} from '../../contract/types.js';
import { PromptPolicy } from '../../policy/prompt-policy.js';
import { PromptArchive } from '../../search/prompt-archive.js';
import { type Continuations, PromptTree, type TreePath } from '../../search/prompt-tree.js';
import { SearchSpace } from '../../search/search-space.js';
import type { mcts } from './settings.js';

/** How much hotter the LM completes prompts each time it gave nothing new. */
const HEATING = 1.25;
/** Beginnings whose continuations are kept in memory. */
const CACHED = 2048;

/**
 * Monte-Carlo tree search over the tokens of a prompt: PUCT with the frozen LM's probabilities as priors goes down to a
 * beginning not looked at before, the LM completes it, and the reward goes up the path. The reward of a prompt seen before
 * is remembered: passing through it again costs no forward.
 */
class Mcts implements Trainer {
  readonly name = 'mcts';
  private readonly archive = new PromptArchive();
  private readonly tree: PromptTree;
  private readonly candidates = new Map<string, Candidates>();
  private rng: Rng;

  private constructor(
    private readonly lm: PromptPolicy,
    private readonly space: SearchSpace,
    private readonly settings: TrainerSettings,
  ) {
    this.tree = new PromptTree(settings.promptLength);
    this.rng = Rng.create(settings.seed, 'search');
  }

  static async create(generator: Generator, settings: TrainerSettings): Promise<Mcts> {
    const lm = await PromptPolicy.create(generator, settings, { maskedInLoss: true, frozen: true });
    return new Mcts(lm, await SearchSpace.create(generator, settings), settings);
  }

  async propose(count: number): Promise<Rollout[]> {
    const paths = new Map<string, TreePath>();
    const prompts = await this.archive.unseen(count, async (missing, round) => {
      const drawn: number[][] = [];
      while (drawn.length < missing) drawn.push(await this.simulate(paths, HEATING ** round));
      return drawn;
    });
    return prompts.map((prompt) => ({ ...this.space.rollout(prompt), trace: paths.get(promptKey(prompt)) }));
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    for (const [{ tokenIds, trace }, { raw: reward, parts }] of zip(rollouts, rewards)) {
      if (trace && !this.archive.get(tokenIds)) this.tree.backUp(trace as TreePath, reward, { wasProposed: true });
      this.archive.add(tokenIds, reward, parts);
    }
    return {
      loss: 0,
      gradNorm: 0,
      entropy: this.tree.rootEntropy(),
      'search/best-reward': this.archive.best?.reward ?? 0,
    };
  }

  async best(): Promise<Rollout> {
    return this.space.rollout(this.archive.best?.tokenIds ?? this.space.firstPrompt());
  }

  /** A prompt of this search's own kind is a leaf of the tree. */
  async learnFrom(tokenIds: readonly number[], rawReward: number, parts?: RewardParts): Promise<boolean> {
    if (!this.space.admits(tokenIds)) return false;
    if (!this.archive.get(tokenIds)) {
      this.tree.backUp(this.tree.pathOf(tokenIds), rawReward, { wasProposed: false });
    }
    this.archive.add(tokenIds, rawReward, parts);
    return true;
  }

  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.archive.reweigh(rewardOf);
    this.tree.reweigh(this.archive.prompts());
  }

  save(): TrainerState {
    return { json: { rng: this.rng.save(), archive: this.archive.save(), tree: this.tree.save() }, arrays: {} };
  }

  restore({ json }: TrainerState): void {
    this.rng = Rng.restore(json.rng as RngState);
    this.archive.restore(json.archive as ReturnType<PromptArchive['save']>);
    this.tree.restore(json.tree as ReturnType<PromptTree['save']>);
  }

  async dispose(): Promise<void> {
    await this.lm.dispose();
  }

  /** One way down the tree and on to a whole prompt; what is known of it goes up at once. */
  private async simulate(paths: Map<string, TreePath>, heat: number): Promise<number[]> {
    const path = await this.tree.select((prefix) => this.continuations(prefix));
    if (!path) return this.complete([], heat);
    const prompt = await this.complete(path.tokenIds, heat);
    const key = promptKey(prompt);
    const known = this.archive.get(prompt);
    if (known) this.tree.backUp(path, known.reward, { wasProposed: false });
    // Another way led to it in this step, and would lead to it again.
    else if (paths.has(key)) this.tree.close(path);
    else {
      this.tree.propose(path);
      paths.set(key, path);
    }
    return prompt;
  }

  private async complete(beginning: readonly number[], heat: number): Promise<number[]> {
    const prompt = [...beginning];
    const { promptLength, topP, temperature } = this.settings;
    while (prompt.length < promptLength) {
      const candidates = await this.candidatesAfter(prompt);
      prompt.push(...sampleTokens(candidates, this.rng, { topP, temperature: temperature * heat }).tokenIds);
    }
    return prompt;
  }

  private async continuations(prefix: readonly number[]): Promise<Continuations> {
    const { logits, values, tokenIds } = await this.candidatesAfter(prefix);
    const [value = 0] = values;
    const all = zip(tokenIds ?? logits.keys(), logits);
    const likely = Array.from(all, ([id, logit]) => [id, Math.exp(logit - value)] as const).filter(
      ([, prior]) => prior > 0,
    );
    return { tokenIds: likely.map(([id]) => id), priors: Float64Array.from(likely, ([, prior]) => prior) };
  }

  /** Always asked of the LM alone, so that its numbers are the same whether they were kept or, after a resume, are not. */
  private async candidatesAfter(prefix: readonly number[]): Promise<Candidates> {
    const key = promptKey(prefix);
    const kept = this.candidates.get(key);
    if (kept) return kept;
    const candidates = await this.lm.after([prefix]);
    if (this.candidates.size >= CACHED) this.candidates.clear();
    this.candidates.set(key, candidates);
    return candidates;
  }
}

export const create: CreateTrainer<typeof mcts> = Mcts.create;
