export type Range = readonly [min: number, max: number];

export interface ScheduleSettings {
  readonly rewardTo: Range;
  readonly rewardToEnd?: Range | undefined;
  readonly steps: number;
  readonly forwards?: number | undefined;
}

/** What a checkpoint keeps of a schedule: the limits that the run began with, and how often the range was halved. */
export interface ScheduleState {
  readonly steps: number;
  readonly forwards: number | null;
  /** Forwards used before the first step; not in checkpoints of versions that counted them as progress. */
  readonly before?: number;
  /** One for each collapse, a part of one for each step of a cooled search that was too sure. */
  readonly softenings: number;
}

/** A policy that collapses this often has nothing else to find. */
const MOST_SOFTENINGS = 3;
/** Nats a token: a policy below proposes little that is new. */
const SURE = 1;
/** A tenth off the width. */
const SOFTENING_WHEN_SURE = 0.15;

/**
 * The range that z-scored rewards are mapped to; its width is the inverse temperature of the search. It goes from `rewardTo`
 * to `rewardToEnd` in a straight line over the steps or forwards that the run was given when it began, whichever is further
 * on: limits that are raised later leave the line as it was, and the end's range holds from its end on. Forwards before the
 * first step are no progress. Each collapse of the policy halves the range. How far a search can be cooled depends on task, model and prompt length, so where it is, each step
 * that leaves the policy too sure takes a tenth back.
 */
export class RewardSchedule {
  private state: ScheduleState;

  constructor(private readonly settings: ScheduleSettings) {
    this.state = { steps: settings.steps, forwards: settings.forwards ?? null, softenings: 0 };
  }

  /** Whether it is, or has become, another range than `rewardTo`. */
  get isChanging(): boolean {
    return this.settings.rewardToEnd !== undefined || this.state.softenings > 0;
  }

  get canSoften(): boolean {
    return this.state.softenings < MOST_SOFTENINGS;
  }

  /** @param forwards used before the first step, by baselines and the choice of label words */
  begin(forwards: number): void {
    this.state = { ...this.state, before: forwards };
  }

  rangeAt(used: { readonly step: number; readonly forwards: number }): [min: number, max: number] {
    const { rewardTo, rewardToEnd = rewardTo } = this.settings;
    const { steps, forwards, before = 0, softenings } = this.state;
    const spent = forwards === null ? 0 : (used.forwards - before) / Math.max(1, forwards - before);
    const progress = Math.min(1, Math.max(used.step / steps, spent));
    const bound = (from: number, to: number): number => (from + progress * (to - from)) / 2 ** softenings;
    return [bound(rewardTo[0], rewardToEnd[0]), bound(rewardTo[1], rewardToEnd[1])];
  }

  /** Halves the range from now on. */
  soften(): void {
    this.state = { ...this.state, softenings: this.state.softenings + 1 };
  }

  /** @param entropy of the policy, mean over the tokens of the last step, in nats */
  softenIfSure(entropy: number): void {
    const { softenings } = this.state;
    const isSure = entropy < SURE;
    if (!isSure || this.settings.rewardToEnd === undefined || !this.canSoften) return;
    this.state = { ...this.state, softenings: Math.min(MOST_SOFTENINGS, softenings + SOFTENING_WHEN_SURE) };
  }

  save(): ScheduleState {
    return this.state;
  }

  restore(state: ScheduleState): void {
    this.state = state;
  }
}
