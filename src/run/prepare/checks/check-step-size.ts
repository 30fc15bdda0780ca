import type { RunConfig } from '../../../config/run-config.js';
import { RlpromptError } from '../../../errors.js';
import { gigabytes, memoryThere } from '../../../files/memory-limits.js';
import { requireCapability } from '../../../lm/load.js';
import type { LanguageModel } from '../../../lm/model/types.js';
import { type StepSize, stepBytes } from './step-memory.js';

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

/** @throws RlpromptError `E_MEMORY` where what one step keeps would not fit into this machine */
export function checkStepSize(size: StepSize, generator: LanguageModel): void {
  const bytes = stepBytes(size, requireCapability(generator, 'hiddenStates'));
  const { promptsPerStep, promptLength, innerSize } = size;
  if (bytes <= memoryThere()) return;
  throw new RlpromptError({
    code: 'E_MEMORY',
    exit: 'unavailable',
    message:
      `a step of ${promptsPerStep} prompts of ${promptLength} tokens with an inner layer of ${innerSize} takes ${gigabytes(bytes)}; ` +
      `this machine has ${gigabytes(memoryThere())}`,
    where: '--prompts-per-step, --prompt-length, --inner-size',
    kept: 'nothing was started',
    next: 'make one of them smaller',
  });
}
