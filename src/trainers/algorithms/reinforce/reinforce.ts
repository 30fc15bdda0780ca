import { policyGradientLoss } from '../../../losses/policy-gradient.js';
import { mean } from '../../../statistics/mean.js';
import type { CreateTrainer } from '../../contract/trainer-definition.js';
import { createOnPolicyTrainer } from '../../policy/on-policy-trainer.js';
import { writtenSteps } from '../../policy/written-steps.js';
import { reinforce } from './settings.js';

/**
 * REINFORCE (Williams 1992) with the mean of a step's other prompts as each prompt's baseline, if any, a discount by
 * token from the end of the text, and an entropy bonus: loss = policyGradientLoss − w · mean_i Σ_t H(π(·|s_t)).
 */
export const create: CreateTrainer<typeof reinforce> = (generator, settings) =>
  createOnPolicyTrainer(reinforce, generator, settings, ({ head, optimizer }) => ({
    async learn({ batch, time, hidden, actions, mayStop, rewards }) {
      const { entropyWeight, discount, baseline } = settings;
      const regulariser = entropyWeight > 0 ? 'entropy' : 'none';
      const evaluation = await head.evaluate(hidden, actions, { regulariser, mayStop });
      const { logProbs, entropies } = evaluation;
      const ends = writtenSteps(generator.tokenizer, { batch, time, actions });
      const surrogate = policyGradientLoss({ batch, time, logProbs, rewards, discount, ends, baseline });
      const entropy = mean(entropies);
      const loss = surrogate.loss - entropyWeight * (actions.length / batch) * entropy;
      const gradients = await evaluation.gradients({
        weights: surrogate.weights,
        regulariserWeights: new Float64Array(actions.length).fill(-entropyWeight / batch),
      });
      return { loss, ...optimizer.apply(loss, gradients), entropy };
    },
  }));
