import type { HeadWeights, HiddenStatesCapability } from '../lm/model/types.js';
import { zeroParameters } from './parameters/mlp-parameters.js';
import { PolicyHead } from './policy-head.js';

/** The head of a frozen LM by itself: the policy that its MLP has not changed, with the whole vocabulary. */
export function frozenHead(
  { hiddenSize, vocabularySize }: Pick<HiddenStatesCapability, 'hiddenSize' | 'vocabularySize'>,
  { weights, bias }: HeadWeights,
): Promise<PolicyHead> {
  const shape = { hiddenSize, innerSize: 1 };
  return PolicyHead.create({
    ...shape,
    vocabularySize,
    headWeights: weights,
    headBias: bias,
    parameters: zeroParameters(shape),
    priorWeight: 1,
  });
}
