import type { Baseline, PromptSummary } from '../../events.js';
import type { Tokenizer } from '../../lm/model/types.js';
import type { Evaluation } from '../../task/types.js';
import type { RewardParts, Rollout, RolloutReward } from '../../trainers/contract/types.js';
import { Candidates, trainNumbers } from './candidates.js';
import { MinibatchCandidates } from './minibatch-candidates.js';
import type { SplitShares } from './selection.js';

export interface PoolSettings {
  readonly capacity: number;
  /** The metric that decides between prompts. */
  readonly metric: string;
  readonly shares: SplitShares;
  readonly promptLength: number;
  readonly minPromptLength?: number | undefined;
  /** How many of the train examples a prompt of a step meets. */
  readonly examplesMet: 'all' | 'some' | 'one';
  /** The run's step, which candidates are marked with. */
  readonly stepNow: () => number;
}

/** What a checkpoint keeps of the pool; the names are those of version 0.1. */
export interface PoolState {
  readonly candidates: PromptSummary[];
  /** Minibatch candidates, where steps have some of the examples only. */
  readonly tryouts?: ReturnType<MinibatchCandidates['save']>;
  readonly baselines: readonly Baseline[];
  readonly bestText: string | null;
}

/** The prompts a run knows: candidates with their scores, baselines, and which of them is the best. */
export class PromptPool {
  readonly candidates: Candidates;
  baselines: readonly Baseline[] = [];
  private readonly minibatch: MinibatchCandidates;
  private bestText: string | null = null;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly settings: PoolSettings,
  ) {
    this.candidates = new Candidates(settings.capacity, settings.metric, settings.shares);
    this.minibatch = new MinibatchCandidates(settings.capacity);
  }

  /** A prompt as a person wrote it. */
  rolloutOf(given: string): Rollout {
    const text = given.trim();
    return { tokenIds: text === '' ? [] : this.tokenizer.encode(` ${text}`), text, trace: undefined };
  }

  /** A prompt that a person typed as the policy could have proposed it: cut, or repeated, to one of the policy's lengths. */
  fittedRollout(tokenIds: readonly number[]): Rollout {
    const { promptLength, minPromptLength = promptLength } = this.settings;
    const length = Math.min(promptLength, Math.max(minPromptLength, tokenIds.length));
    const repeated = Array.from({ length: Math.ceil(length / Math.max(1, tokenIds.length)) }, () => tokenIds).flat();
    const fitted = repeated.slice(0, length);
    return { tokenIds: fitted, text: this.tokenizer.decode(fitted).trim(), trace: undefined };
  }

  tokensOf({ tokenIds, text }: Rollout): Pick<PromptSummary, 'tokenIds' | 'tokens' | 'text'> {
    return { tokenIds, tokens: tokenIds.map((id) => this.tokenizer.piece(id)), text };
  }

  add(rollout: Rollout, train: Evaluation, origin: PromptSummary['origin']): void {
    this.candidates.add({
      ...this.tokensOf(rollout),
      step: this.settings.stepNow(),
      ...trainNumbers(train),
      origin,
    });
  }

  /**
   * A prompt of a step becomes a candidate where it was scored on all train examples. One that met a single input is
   * known by how it did among those that met the same.
   */
  noteRollout(rollout: Rollout, evaluation: Evaluation, { zScored }: RolloutReward): void {
    if (evaluation.partial) return;
    const { examplesMet } = this.settings;
    if (examplesMet === 'all') this.add(rollout, evaluation, 'policy');
    else this.minibatch.add(rollout, examplesMet === 'one' ? zScored : evaluation.reward);
  }

  /** The best `count` prompts that were scored on some examples only, to be scored on all. */
  takeMinibatchCandidates(count: number): Rollout[] {
    return this.minibatch.take(count);
  }

  /** A baseline that is read by other words has other numbers on dev. */
  noteBaseline(text: string, dev: Baseline['dev']): void {
    this.baselines = this.baselines.map((baseline) =>
      baseline.prompt.trim() === text ? { ...baseline, dev } : baseline,
    );
  }

  /** The best by dev. */
  top(count: number): PromptSummary[] {
    return this.candidates.byDevScore(count);
  }

  /** True where the prompt is another than the best so far. */
  noteBest({ text }: PromptSummary): boolean {
    const isNew = text !== this.bestText;
    this.bestText = text;
    return isNew;
  }

  /** Computes the rewards of all prompts from their parts again. */
  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.candidates.reweigh(rewardOf);
    this.minibatch.clear();
  }

  /** Forgets all scores. @returns the `count` that were the best by dev */
  forget(count: number): PromptSummary[] {
    const best = this.top(count);
    this.candidates.restore([]);
    this.minibatch.clear();
    this.baselines = [];
    this.bestText = null;
    return best;
  }

  save(): PoolState {
    return {
      candidates: this.candidates.save(),
      ...(this.settings.examplesMet === 'all' ? {} : { tryouts: this.minibatch.save() }),
      baselines: this.baselines,
      bestText: this.bestText,
    };
  }

  restore({ candidates, tryouts, baselines, bestText }: PoolState): void {
    this.candidates.restore(candidates);
    if (tryouts) this.minibatch.restore(tryouts);
    this.baselines = baselines;
    this.bestText = bestText;
  }
}
