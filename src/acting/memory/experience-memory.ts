import type { RememberedSituation, Situation } from './situation.js';

/** What an episode did in one situation. */
export interface Visit {
  readonly text: string;
  /** [stateSize] */
  readonly state: Float32Array;
  readonly action: string;
  readonly reward: number;
}

export interface MemoryRule {
  /** Rewards that a target adds up before it asks the memory for the rest; Infinity: all to the episode's end. */
  readonly horizon: number;
  readonly discount: number;
  /** What a new target counts for at least, of 1; with 0 a value is the mean of all its targets. */
  readonly leastShare: number;
}

/**
 * Situations that are kept; of more, those go first that were not met for the longest. Each is compared with every observation
 * that is read: with as many, that takes a tenth of the time in which the embedded model then reads it.
 */
const MOST_SITUATIONS = 2000;
/** Actions that are kept of one situation, where an environment offers others each time; the article's number, too. */
const MOST_ACTIONS = 20;

/**
 * What actions in remembered situations were worth (Rememberer, arXiv 2306.07929). After an episode each of its actions
 * moves towards an n-step target: Q' = Σ_{i<n} γⁱ r_{t+i} + γⁿ max_a Q(o_{t+n}, a), without the last part at the end, and
 * Q ← (1 − α) Q + α Q'. The last step comes first, so one episode tells its beginning what its end was worth.
 *
 * α = 1/count, as in the article, is a mean that never forgets what was wrong at first: its error falls as 1/count only.
 * With α ≥ `leastShare` > 0 it falls geometrically. Targets of several steps hold what exploring did in between, so values
 * reach those of the best policy where `horizon` is 1, each action is tried again and again, and equal actions have equal
 * answers; where rewards are random, they follow about the last 1/`leastShare` targets.
 */
export class ExperienceMemory {
  /** By task and text; those met last are last. */
  private readonly known = new Map<string, Situation>();

  constructor(
    private readonly rule: MemoryRule,
    private readonly most = { situations: MOST_SITUATIONS, actions: MOST_ACTIONS },
  ) {}

  get situations(): readonly Situation[] {
    return [...this.known.values()];
  }

  get size(): number {
    return this.known.size;
  }

  find(task: string, text: string): Situation | undefined {
    return this.known.get(keyOf(task, text));
  }

  /** @param visits of one whole episode, in the order they were made */
  learn(task: string, taskState: Float32Array, visits: readonly Visit[]): void {
    for (const [time, { text, state, action }] of [...visits.entries()].toReversed()) {
      const target = this.target(task, visits, time);
      const situation = this.find(task, text) ?? { task, text, taskState, state, actions: new Map() };
      const { value, count } = situation.actions.get(action) ?? { value: 0, count: 0 };
      const share = Math.max(this.rule.leastShare, 1 / (count + 1));
      situation.actions.set(action, { value: (1 - share) * value + share * target, count: count + 1 });
      forgetAction(situation, this.most.actions);
      this.keep(situation);
    }
  }

  save(): RememberedSituation[] {
    return this.situations.map(({ task, text, actions }) => ({
      ...{ task, text },
      actions: [...actions].map(([action, { value, count }]) => [action, value, count] as const),
    }));
  }

  /** @param stateOf of a task or a text, as it was when that was learned */
  async restore(
    saved: readonly RememberedSituation[],
    stateOf: (text: string) => Promise<Float32Array>,
  ): Promise<void> {
    for (const { task, text, actions } of saved) {
      this.keep({
        ...{ task, text, taskState: await stateOf(task), state: await stateOf(text) },
        actions: new Map(actions.map(([action, value, count]) => [action, { value, count }])),
      });
    }
  }

  private target(task: string, visits: readonly Visit[], time: number): number {
    const { horizon, discount } = this.rule;
    const until = Math.min(visits.length, time + horizon);
    const after = visits[until];
    const rest = after ? this.find(task, after.text) : undefined;
    const values = [...(rest?.actions.values() ?? [])].map(({ value }) => value);
    let target = values.length > 0 ? Math.max(...values) : 0;
    for (let t = until - 1; t >= time; t--) target = (visits[t]?.reward ?? 0) + discount * target;
    return target;
  }

  private keep(situation: Situation): void {
    const key = keyOf(situation.task, situation.text);
    this.known.delete(key);
    this.known.set(key, situation);
    const [oldest] = this.known.keys();
    if (this.known.size > this.most.situations && oldest !== undefined) this.known.delete(oldest);
  }
}

function keyOf(task: string, text: string): string {
  return JSON.stringify([task, text]);
}

/** The worst is kept, as what to avoid: the one above it goes. */
function forgetAction({ actions }: Situation, most: number): void {
  if (actions.size <= most) return;
  const byValue = [...actions].sort(([, a], [, b]) => b.value - a.value);
  const [name] = byValue.at(-2) ?? [];
  if (name !== undefined) actions.delete(name);
}
