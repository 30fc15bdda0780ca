import { sampleTokens } from '../../../policy/sampling.js';
import { zip } from '../../../statistics/zip.js';
import type { Generator, TrainerSettings } from '../../contract/settings.js';
import type { CreateTrainer } from '../../contract/trainer-definition.js';
import type { RewardParts, Rollout, RolloutReward, TrainerState, UpdateMetrics } from '../../contract/types.js';
import { PromptPolicy } from '../../policy/prompt-policy.js';
import { ArchiveSearch } from '../../search/archive-search.js';
import type { ScoredPrompt } from '../../search/prompt-archive.js';
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
class EditSearch extends ArchiveSearch {
  readonly name = 'edit-search';
  private base: ScoredPrompt | undefined;
  private stalledSteps = 0;

  private constructor(
    private readonly lm: PromptPolicy,
    space: SearchSpace,
    private readonly generator: Generator,
    private readonly settings: TrainerSettings,
  ) {
    super(space, settings.seed);
  }

  static async create(generator: Generator, settings: TrainerSettings): Promise<EditSearch> {
    const lm = await PromptPolicy.create(generator, settings, { maskedInLoss: true, frozen: true });
    return new EditSearch(lm, await SearchSpace.create(generator, settings), generator, settings);
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
    const before = this.bestReward;
    const metrics = this.takeStep(rollouts, rewards);
    this.stalledSteps = this.bestReward > before ? 0 : this.stalledSteps + 1;
    return { ...metrics, entropy: 0, 'search/edits': this.editCount() };
  }

  protected override refresh(): void {
    this.base = this.base && this.archive.get(this.base.tokenIds);
  }

  protected override saveOwn(): TrainerState['json'] {
    return { base: this.base?.tokenIds ?? null, stalledSteps: this.stalledSteps };
  }

  protected override restoreOwn(json: TrainerState['json']): void {
    const base = json.base as number[] | null;
    this.base = base ? this.archive.get(base) : undefined;
    this.stalledSteps = json.stalledSteps as number;
  }

  /** Sentences of any length are edited. */
  protected override admits(tokenIds: readonly number[]): boolean {
    return tokenIds.length > 0;
  }

  protected override firstPrompt(): readonly number[] {
    return this.initialSentences()[0] ?? super.firstPrompt();
  }

  override async dispose(): Promise<void> {
    await this.lm.dispose();
  }

  protected override take(tokenIds: readonly number[], reward: number, parts?: RewardParts): void {
    const scored = this.archive.add(tokenIds, reward, parts);
    if (!this.base || reward >= this.base.reward) this.base = scored;
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
    const longest = Math.max(2 * this.settings.promptLength, this.base?.tokenIds.length ?? 0);
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
    const fillings = new Map(zip(gaps, tokenIds));
    return edits.map((edit) => {
      const filling = fillings.get(edit);
      return [...edit.before, ...(filling === undefined ? [] : [filling]), ...edit.after];
    });
  }

  private editCount(): number {
    return Math.min(1 + Math.floor(this.stalledSteps / PATIENCE), MOST_EDITS);
  }
}

export const create: CreateTrainer<typeof editSearch> = EditSearch.create;
