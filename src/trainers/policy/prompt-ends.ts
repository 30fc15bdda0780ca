import { RlpromptError } from '../../errors.js';
import type { PolicyHead } from '../../policy/policy-head.js';
import type { StopToken } from '../../policy/policy-head-types.js';
import type { Generator } from '../contract/settings.js';

const BISECTIONS = 60;
/** Nats between which a lift is looked for. */
const LARGEST_LIFT = 100;

/** Where prompts of several lengths may end before they are full: a prompt that is not full has one step more, the stop token. */
export class PromptEnds {
  /**
   * @param from the first step at which a prompt may end
   * @param longest tokens of a full prompt
   */
  constructor(
    readonly stop: StopToken,
    private readonly from: number,
    private readonly longest: number,
  ) {}

  mayEndAt(step: number): boolean {
    return step >= this.from;
  }

  /** What the policy chose to write a prompt: its tokens, and the stop token unless it is full. */
  actionsOf(tokenIds: readonly number[]): number[] {
    const isOpen = this.mayEndAt(tokenIds.length) && tokenIds.length < this.longest;
    return isOpen ? [...tokenIds, this.stop.tokenId] : [...tokenIds];
  }
}

/** The token that ends a text of the generator LM. @throws RlpromptError E_STOP_TOKEN where it has none */
export function stopTokenOf({ name, tokenizer }: Generator): number {
  if (tokenizer.eosTokenId !== undefined) return tokenizer.eosTokenId;
  throw new RlpromptError({
    code: 'E_STOP_TOKEN',
    exit: 'config',
    message: `${name} has no token that ends a text, so its prompts cannot have several lengths`,
    where: '--prompt-length',
    next: 'give one length, such as --prompt-length 5, or another generator',
  });
}

/**
 * The lift with which the LM ends a text after each of some states with a given mean probability. A language model
 * itself ends one text in a hundred thousand after a few words, so that the policy would never see a short prompt.
 *
 * @param head the LM's own policy, with a stop token that is not lifted
 * @param states [n, hiddenSize]
 */
export async function liftFor(head: PolicyHead, states: Float32Array, tokenId: number, share: number): Promise<number> {
  const steps = states.length / head.shape.hiddenSize;
  const { logProbs } = await head.lmLogProbs(states, new Array<number>(steps).fill(tokenId), {
    mayStop: new Array<boolean>(steps).fill(true),
  });
  const logOdds = Float64Array.from(logProbs, (logProb) => logProb - Math.log1p(-Math.exp(logProb)));
  const meanAt = (lift: number) => logOdds.reduce((sum, odds) => sum + 1 / (1 + Math.exp(-odds - lift)) / steps, 0);
  let [low, high] = [-LARGEST_LIFT, LARGEST_LIFT];
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) < share) low = middle;
    else high = middle;
  }
  return low;
}
