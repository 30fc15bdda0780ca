import type { RunConfig } from '../../config/run-config.js';
import type { HiddenStatesCapability } from '../../lm/model/types.js';
import type { TokenCharacters } from '../../policy/token-mask.js';
import { defaultLearningRate } from '../../trainers/policy/learning-rate.js';

/** The settings with those filled in that suit the generator LM where none were given. */
export function tunedTo<Settings extends Pick<RunConfig, 'learningRate' | 'tokens' | 'priorBeta' | 'mustContain'>>(
  { hiddenStates }: { readonly hiddenStates: Pick<HiddenStatesCapability, 'hiddenSize' | 'vocabularySize'> },
  config: Settings,
): Settings & { readonly learningRate: number; readonly tokens: TokenCharacters } {
  return {
    ...config,
    learningRate:
      config.learningRate ?? defaultLearningRate(hiddenStates.hiddenSize, { hasPrior: config.priorBeta > 0 }),
    tokens: config.tokens ?? (readsLikeWords(hiddenStates, config) ? 'words' : 'printable'),
  };
}

/** Below it, most words are spelled by several tokens, and whole words would leave few. */
const VOCABULARY_OF_WORDS = 16_384;

/** Whether prompts are meant to read like language, and the vocabulary has the words for them. */
function readsLikeWords(
  { vocabularySize }: Pick<HiddenStatesCapability, 'vocabularySize'>,
  { priorBeta, mustContain }: Pick<RunConfig, 'priorBeta' | 'mustContain'>,
): boolean {
  return priorBeta > 0 && mustContain === undefined && vocabularySize >= VOCABULARY_OF_WORDS;
}
