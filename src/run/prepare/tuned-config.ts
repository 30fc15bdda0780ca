import type { RunConfig } from '../../config/run-config.js';
import type { HiddenStatesCapability, Tokenizer } from '../../lm/model/types.js';
import { hasWords, type TokenCharacters } from '../../policy/token-mask.js';
import { defaultLearningRate } from '../../trainers/policy/learning-rate.js';

interface TunedGenerator {
  readonly hiddenStates: Pick<HiddenStatesCapability, 'hiddenSize'>;
  readonly tokenizer: Pick<Tokenizer, 'vocabularySize' | 'bytes'>;
}

/** The settings with those filled in that suit the generator LM where none were given. */
export function tunedTo<
  Settings extends Pick<RunConfig, 'learningRate' | 'tokens' | 'priorBeta' | 'mustContain' | 'ptx'>,
>(
  { hiddenStates, tokenizer }: TunedGenerator,
  config: Settings,
): Settings & { readonly learningRate: number; readonly tokens: TokenCharacters } {
  const { learningRate, tokens, priorBeta } = config;
  return {
    ...config,
    learningRate: learningRate ?? defaultLearningRate(hiddenStates.hiddenSize, { hasPrior: priorBeta > 0 }),
    tokens: tokens ?? (isOfWords(tokenizer, config) ? 'words' : 'printable'),
  };
}

/** With fewer, most words are spelled by several tokens. */
const ENOUGH_WORDS = 2048;

/** Whether prompts are meant to read like language, and the vocabulary has the words for them. A text that a person gives is spelled as it is. */
function isOfWords(
  tokenizer: TunedGenerator['tokenizer'],
  { priorBeta, mustContain, ptx }: Pick<RunConfig, 'priorBeta' | 'mustContain' | 'ptx'>,
): boolean {
  return priorBeta > 0 && mustContain === undefined && ptx === undefined && hasWords(tokenizer, ENOUGH_WORDS);
}
