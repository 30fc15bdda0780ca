import { type SoftQKind, softQLoss } from '../../../losses/soft-q.js';
import { copyParameters } from '../../../policy/parameters/mlp-parameters.js';
import { polyakUpdate } from '../../../policy/parameters/polyak.js';
import { fill, named } from '../../../policy/parameters/saved-parameters.js';
import type { CreateTrainer } from '../../contract/trainer-definition.js';
import { createOnPolicyTrainer } from '../../policy/on-policy-trainer.js';
import { softQLearning } from './settings.js';

/**
 * On-policy soft Q-learning as RLPrompt does it (arXiv 2205.12548, section 2.3; Guo et al., arXiv 2106.07704, equations 8 and 10):
 * sample prompts, score them, one gradient step of the path-consistency loss against a Polyak copy of the MLP. With a
 * prior, Q and V are relative to the generator LM (G-learning): the policy begins at Q = V = 0 and becomes p_LM^β e^r.
 * Path consistency holds for prompts from anywhere, so prompts proposed before can be drawn again.
 */
export const create: CreateTrainer<typeof softQLearning> = (generator, settings) => {
  const { name, losses } = softQLearning;
  const { priorBeta } = settings;
  const kind: SoftQKind = losses.find((loss) => loss === settings.loss) ?? 'both';
  const { resampling } = settings;
  const maskedInLoss = priorBeta > 0;
  return createOnPolicyTrainer({ name, maskedInLoss, resampling }, generator, settings, ({ head, optimizer }) => {
    const targetNetwork = copyParameters(head.parameters);
    return {
      async learn({ batch, time, hidden, actions, mayStop, rewards }) {
        polyakUpdate(targetNetwork, head.parameters, settings.polyak);
        const evaluation = await head.evaluate(hidden, actions, { mayStop });
        const { values } = await head.logProbs(hidden, actions, { parameters: targetNetwork, mayStop });
        const prior = priorBeta > 0 ? await head.lmLogProbs(hidden, actions, { mayStop }) : undefined;
        const { loss, weights } = softQLoss({
          batch,
          time,
          logProbs: relative(evaluation.logProbs, prior?.logProbs, priorBeta),
          targetValues: relative(values, prior?.values, priorBeta),
          rewards,
          kind,
          level: settings.valueLevel,
        });
        const outcome = optimizer.apply(loss, await evaluation.gradients({ weights }));
        return { loss, ...outcome, entropy: mean(evaluation.entropies), 'policy/value-mean': mean(evaluation.values) };
      },
      save: () => ({ json: {}, arrays: named('targetNetwork', targetNetwork) }),
      restore: ({ arrays }) => fill('targetNetwork', targetNetwork, arrays),
    };
  });
};

/** A log-probability, or a logsumexp of logits, less β times that of the generator LM. */
function relative(own: Float32Array, lm: Float32Array | undefined, beta: number): Float32Array {
  return lm ? own.map((value, i) => value - beta * (lm[i] ?? 0)) : own;
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}
