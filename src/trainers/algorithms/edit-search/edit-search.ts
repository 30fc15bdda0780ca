import { sampleTokens } from '../../../policy/sampling.js';
import { Rng, type RngState } from '../../../random/rng.js';
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
import { PromptArchive, type ScoredPrompt } from '../../search/prompt-archive.js';
import { SearchSpace } from '../../search/search-space.js';
import { drawEdit, wordsOf } from '../../search/sentence-edits.js';
import type { editSearch } from './settings.js';

/** Steps without a better sentence after which a proposal is one edit more away, and how far it may get. */
const PATIENCE = 3;
const MOST_EDITS = 4;
const HEATING = 1.25;

/**
 * Greedy edits of a sentence, after GrIPS (arXiv 2203.07281): a word is deleted, swapped with another, substituted or inserted,
 * new words come from the frozen LM after what stands before them, and the best sentence of a step is edited next unless it is
 * worse. It starts from `initPrompts`, and from text of the LM. Prompts have any length up to twice `promptLength`.
 */
class EditSearch implements Trainer {
  readonly name = 'edit-search';
  private readonly archive = new PromptArchive();
  private base: ScoredPrompt | undefined;
  private stalledSteps = 0;
  private rng: Rng;

  private constructor(
    private readonly lm: PromptPolicy,
    private readonly space: SearchSpace,
    private readonly generator: Generator,
    private readonly settings: TrainerSettings,
  ) {
    this.rng = Rng.create(settings.seed, 'search');
  }

  static async create(generator: Generator, settings: TrainerSettings): Promise<EditSearch> {
    const lm = await PromptPolicy.create(generator, settings, { maskedInLoss: true, frozen: true });
    return new EditSearch(lm, SearchSpace.create(generator, settings), generator, settings);
  }

  async propose(count: number): Promise<Rollout[]> {
    const starts = this.base ? [] : this.initialSentences();
    const prompts = await this.archive.unseen(count, (missing, round) => {
      if (round === 0 && starts.length > 0) return starts;
      return this.base ? this.edited(this.base.tokenIds, missing, round) : this.sampled(missing, round);
    });
    return prompts.map((prompt) => this.space.rollout(prompt));
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    const before = this.archive.best?.reward ?? Number.NEGATIVE_INFINITY;
    rollouts.forEach(({ tokenIds }, i) => {
      this.take(tokenIds, rewards[i]!.raw, rewards[i]!.parts);
    });
    this.stalledSteps = this.archive.best!.reward > before ? 0 : this.stalledSteps + 1;
    return {
      loss: 0,
      gradNorm: 0,
      entropy: 0,
      'search/best-reward': this.archive.best!.reward,
      'search/edits': this.editCount(),
    };
  }

  async best(): Promise<Rollout> {
    return this.space.rollout(this.archive.best?.tokenIds ?? this.initialSentences()[0] ?? this.space.firstPrompt());
  }

  /** It becomes the sentence that is edited unless it is worse. */
  async learnFrom(tokenIds: readonly number[], rawReward: number, parts?: RewardParts): Promise<boolean> {
    if (tokenIds.length === 0) return false;
    this.take(tokenIds, rawReward, parts);
    return true;
  }

  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.archive.reweigh(rewardOf);
    this.base = this.base && this.archive.get(this.base.tokenIds);
  }

  save(): TrainerState {
    const { rng, archive, base, stalledSteps } = this;
    return {
      json: { rng: rng.save(), archive: archive.save(), base: base?.tokenIds ?? null, stalledSteps },
      arrays: {},
    };
  }

  restore({ json }: TrainerState): void {
    this.rng = Rng.restore(json.rng as RngState);
    this.archive.restore(json.archive as ReturnType<PromptArchive['save']>);
    const base = json.base as number[] | null;
    this.base = base ? this.archive.get(base) : undefined;
    this.stalledSteps = json.stalledSteps as number;
  }

  async dispose(): Promise<void> {
    await this.lm.dispose();
  }

  private take(tokenIds: readonly number[], reward: number, parts?: RewardParts): void {
    this.archive.add(tokenIds, reward, parts);
    if (!this.base || reward >= this.base.reward) this.base = this.archive.get(tokenIds);
  }

  private initialSentences(): number[][] {
    const { tokenizer } = this.generator;
    return this.settings.initPrompts
      .map((text) => tokenizer.encode(` ${text.trim()}`))
      .filter(({ length }) => length > 0);
  }

  private async sampled(count: number, round: number): Promise<number[][]> {
    const temperature = this.settings.temperature * HEATING ** round;
    const rollouts = await this.lm.sample(count, this.rng, { temperature });
    return rollouts.map(({ tokenIds }) => [...tokenIds]);
  }

  private async edited(base: readonly number[], count: number, round: number): Promise<number[][]> {
    let sentences = Array.from({ length: count }, () => [...base]);
    const edits = this.editCount() + Math.floor(round / 8);
    for (let edit = 0; edit < edits; edit++) sentences = await this.editEach(sentences, HEATING ** round);
    return sentences;
  }

  /** One edit each; all gaps are filled in one call of the LM. */
  private async editEach(sentences: readonly number[][], heat: number): Promise<number[][]> {
    const longest = Math.max(2 * this.settings.promptLength, this.base!.tokenIds.length);
    const edits = sentences.map((sentence) => {
      const words = wordsOf(sentence, (tokenId) => this.generator.tokenizer.bytes(tokenId)?.[0] === 0x20);
      return drawEdit(words, { canGrow: sentence.length < longest, rng: this.rng });
    });
    const gaps = edits.filter(({ hasGap }) => hasGap);
    const { topP, temperature } = this.settings;
    const candidates = gaps.length > 0 ? await this.lm.after(gaps.map(({ before }) => before)) : undefined;
    const tokenIds = candidates
      ? sampleTokens(candidates, this.rng, { topP, temperature: temperature * heat }).tokenIds
      : [];
    let filled = 0;
    return edits.map(({ before, after, hasGap }) => [...before, ...(hasGap ? [tokenIds[filled++]!] : []), ...after]);
  }

  private editCount(): number {
    return Math.min(1 + Math.floor(this.stalledSteps / PATIENCE), MOST_EDITS);
  }
}

export const create: CreateTrainer<typeof editSearch> = EditSearch.create;
