import { spansOf } from '../../../losses/check-shapes.js';
import { logVarianceLoss } from '../../../losses/log-variance.js';
import { zip } from '../../../statistics/zip.js';
import type { Generator } from '../../contract/settings.js';
import type { CreateTrainer, SettingsOf } from '../../contract/trainer-definition.js';
import type { ProposeOptions, Rollout, RolloutReward, UpdateMetrics, UpdateOptions } from '../../contract/types.js';
import { drawFresh, inputsOf } from '../../policy/draw-fresh.js';
import { type PolicyRollout, PromptPolicy } from '../../policy/prompt-policy.js';
import { stackRollouts } from '../../policy/stack-rollouts.js';
import type { ReplayEntry } from '../../replay/replay-buffer.js';
import { type KeptReward, ReplayTrainer } from '../../replay/replay-trainer.js';
import type { logVariance } from './settings.js';

type Settings = SettingsOf<typeof logVariance>;

/**
 * Learns π ∝ p₀ e^r by the log-variance loss (`src/losses/log-variance.ts`): no value, no target network, and valid for
 * prompts from anywhere. So every scored prompt is learned from again (replay), prompts you provide can be taken in,
 * and prompts proposed before are drawn again to spend the forwards on new ones.
 */
class LogVariance extends ReplayTrainer<Settings> {
  readonly name = 'log-variance';
  /** Share of different prompts among the first samples of a step. */
  private distinct: number | undefined;

  static async create(generator: Generator, settings: Settings): Promise<LogVariance> {
    return new LogVariance(await PromptPolicy.create(generator, settings, { maskedInLoss: true }), settings);
  }

  async propose(count: number, options: ProposeOptions = {}): Promise<Rollout[]> {
    const { buffer, samplingRng } = this.memory;
    const sample = (rows: readonly number[]): Promise<PolicyRollout[]> =>
      this.policy.sample(rows.length, samplingRng, { inputs: inputsOf(rows, options) });
    const drawn = await drawFresh(count, this.settings.resampling, sample, (rollout) => buffer.has(rollout));
    this.distinct = drawn.distinct;
    return drawn.rollouts;
  }

  async update(
    rollouts: readonly Rollout[],
    rewards: readonly RolloutReward[],
    options: UpdateOptions = {},
  ): Promise<UpdateMetrics> {
    this.memory.observe(rewards, rollouts, options);
    const entries = await this.toEntries(rollouts as readonly PolicyRollout[], rewards);
    const shaped = rewards.map((reward) => reward.shaped);
    const metrics = await this.learn(entries, shaped);
    for (const entry of entries) this.keep(entry);
    await this.replay(this.settings.replayUpdates, entries.length);
    return this.distinct === undefined ? metrics : { ...metrics, 'policy/distinct': this.distinct };
  }

  protected override canLearnFrom(tokenIds: readonly number[]): boolean {
    return super.canLearnFrom(tokenIds) && this.settings.mustContain === undefined;
  }

  /** A batch is compared within itself, so one smaller than a step's is left out. */
  protected override async replay(updates: number, count: number): Promise<void> {
    if (this.memory.buffer.size >= count) await super.replay(updates, count);
  }

  protected override async learnAgain(entries: readonly ReplayEntry[]): Promise<void> {
    await this.learn(
      entries,
      entries.map((entry) => this.memory.shape(entry)),
    );
  }

  protected override async toEntries(
    rollouts: readonly PolicyRollout[],
    rewards: readonly KeptReward[],
  ): Promise<ReplayEntry[]> {
    const { head, ends } = this.policy;
    const { batch, time, hidden, actions, mayStop } = stackRollouts(rollouts, ends);
    const prior =
      this.settings.priorBeta > 0 ? (await head.lmLogProbs(hidden, actions, { mayStop })).logProbs : undefined;
    const spans = spansOf(batch, time);
    return [...zip(spans, zip(rollouts, rewards))].map(
      ([{ start, end }, [{ tokenIds, trace, input }, { raw, group, parts }]]) => ({
        tokenIds,
        input,
        hidden: trace.hidden,
        priorLogProbs: prior?.slice(start, end) ?? new Float32Array(end - start),
        rawReward: raw,
        group,
        parts,
      }),
    );
  }

  private async learn(entries: readonly ReplayEntry[], shaped: readonly number[]): Promise<UpdateMetrics> {
    const { priorBeta } = this.settings;
    const { head, ends } = this.policy;
    const { batch, time, hidden, actions, mayStop } = stackRollouts(
      entries.map((entry) => ({ ...entry, trace: entry })),
      ends,
    );
    const evaluation = await head.evaluate(hidden, actions, { mayStop });
    const { loss, weights } = logVarianceLoss({
      batch,
      time,
      logProbs: evaluation.logProbs,
      ...(priorBeta > 0
        ? { priorLogProbs: entries.flatMap((entry) => Array.from(entry.priorLogProbs, (p) => priorBeta * p)) }
        : {}),
      rewards: shaped,
      groups: groupsOf(entries),
    });
    const outcome = this.optimizer.apply(loss, await evaluation.gradients({ weights }));
    return {
      loss,
      ...outcome,
      entropy: evaluation.entropies.reduce((sum, value) => sum + value / evaluation.entropies.length, 0),
    };
  }
}

export const create: CreateTrainer<typeof logVariance> = LogVariance.create;

/** Prompts of one input have one log Z; all have, where the policy reads no input. */
function groupsOf(entries: readonly ReplayEntry[]): number[] | undefined {
  if (entries.every(({ input }) => input === undefined)) return undefined;
  const inputs = [...new Set(entries.map(({ input }) => input))];
  return entries.map(({ input }) => inputs.indexOf(input));
}
