import { totalmem } from 'node:os';
import type { RunConfig } from '../../../config/run-config.js';
import { RlpromptError } from '../../../errors.js';
import { requireCapability } from '../../../lm/load.js';
import type { LanguageModel } from '../../../lm/model/types.js';

/** @throws RlpromptError `E_CONFIG` where more tokens are to be sampled among than the generator LM has */
export function checkCandidateCount({ topK }: RunConfig, generator: LanguageModel): void {
  const { vocabularySize } = requireCapability(generator, 'hiddenStates');
  if (topK <= vocabularySize) return;
  throw new RlpromptError({
    code: 'E_CONFIG',
    exit: 'config',
    message: `topK is ${topK}, but ${generator.name} has ${vocabularySize} tokens`,
    where: '--top-k',
    kept: 'nothing was started',
    next: `--top-k ${vocabularySize} samples among all of them`,
  });
}

/** Logits, log-probabilities and their gradient exist at once. */
const LOGIT_COPIES = 3;

/** @throws RlpromptError `E_MEMORY` where the logits of one step would not fit into this machine */
export function checkStepSize({ promptsPerStep, promptLength }: RunConfig, generator: LanguageModel): void {
  const { vocabularySize } = requireCapability(generator, 'hiddenStates');
  const bytes = 4 * LOGIT_COPIES * promptsPerStep * promptLength * vocabularySize;
  if (bytes <= totalmem()) return;
  const [wanted, there] = [bytes, totalmem()].map((size) => (size / 1e9).toFixed(1));
  throw new RlpromptError({
    code: 'E_MEMORY',
    exit: 'unavailable',
    message: `a step of ${promptsPerStep} prompts of ${promptLength} tokens takes ${wanted} GB; this machine has ${there} GB`,
    where: '--prompts-per-step',
    kept: 'nothing was started',
    next: 'propose fewer prompts per step',
  });
}
