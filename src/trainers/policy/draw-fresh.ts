import { pick } from '../../statistics/pick.js';
import { promptKey } from '../contract/prompt-key.js';
import type { ProposeOptions } from '../contract/types.js';
import type { PolicyRollout } from './prompt-policy.js';

export interface FreshRollouts {
  readonly rollouts: PolicyRollout[];
  /** Share of different prompts among the first samples: what was drawn again hides a collapse. */
  readonly distinct: number;
}

/**
 * `count` samples of a policy; those known before, or drawn twice, are drawn again up to `resampling` times, to spend
 * forwards on new prompts. Only for losses that hold off-policy: it is no sample of the policy any more. What was drawn
 * for an input stays with that input: the prompts come in the order of the first draw's inputs.
 *
 * @param sample draws a prompt for each of some rows of the step
 */
export async function drawFresh(
  count: number,
  resampling: number,
  sample: (rows: readonly number[]) => Promise<PolicyRollout[]>,
  isKnown: (rollout: PolicyRollout) => boolean,
): Promise<FreshRollouts> {
  const first = await sample(Array.from({ length: count }, (_, row) => row));
  const drawn = new Map<string | undefined, FreshPrompts>();
  const ofInput = ({ input }: Pick<PolicyRollout, 'input'>): FreshPrompts => {
    const prompts = drawn.get(input) ?? new FreshPrompts();
    drawn.set(input, prompts);
    return prompts;
  };
  for (const rollout of first) ofInput(rollout).wanted += 1;
  const take = (rollouts: readonly PolicyRollout[]): void => {
    for (const rollout of rollouts) if (!isKnown(rollout)) ofInput(rollout).add(rollout);
  };
  take(first);
  for (const rollout of first) ofInput(rollout).addSpare(rollout);
  for (let draw = 1; draw <= resampling; draw++) {
    const unfilled = first.flatMap((rollout, row) => (ofInput(rollout).isFull ? [] : [row]));
    if (unfilled.length === 0) break;
    take(await sample(unfilled));
  }
  const keys = new Set(first.map(({ tokenIds, input }) => promptKey(tokenIds, input)));
  return { rollouts: first.flatMap((rollout) => ofInput(rollout).next()), distinct: keys.size / first.length };
}

/** The prompts drawn for one input. */
class FreshPrompts {
  wanted = 0;
  private readonly fresh = new Map<string, PolicyRollout>();
  private readonly spare: PolicyRollout[] = [];
  private given = 0;

  get isFull(): boolean {
    return this.fresh.size >= this.wanted;
  }

  add(rollout: PolicyRollout): void {
    if (!this.isFull) this.fresh.set(promptKey(rollout.tokenIds), rollout);
  }

  /** One to fall back on, unless it is among the fresh already. */
  addSpare(rollout: PolicyRollout): void {
    if (this.fresh.get(promptKey(rollout.tokenIds)) !== rollout) this.spare.push(rollout);
  }

  /** The next of them; as many as were wanted are there. */
  next(): PolicyRollout[] {
    const next = [...this.fresh.values(), ...this.spare].slice(this.given, this.given + 1);
    this.given += 1;
    return next;
  }
}

/** The inputs of some rows of a step; undefined where the policy reads none. */
export function inputsOf(rows: readonly number[], { inputs }: ProposeOptions): readonly string[] | undefined {
  return inputs && pick(inputs, rows);
}
