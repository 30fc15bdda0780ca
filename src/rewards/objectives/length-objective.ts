import type { LanguageModel } from '../../lm/model/types.js';
import type { ObjectiveKind } from './contract/objective-kind.js';

/**
 * What a prompt costs each time it is used: minus its number of tokens, as the target LM reads the text. An endpoint shows no
 * tokenizer; the generator LM's stands in for it. The worst is twice the length that prompts are proposed with, or more.
 */
export const lengthObjective: ObjectiveKind = {
  create: ({ generator, targetLm, settings }) => {
    const tokenizer = (targetLm.tokenizer ?? generator.tokenizer)!;
    return {
      name: 'length',
      range: [-2 * settings.promptLength, 0],
      readsOutputs: false,
      score: async (items) => items.map(({ text }) => (text === '' ? 0 : -tokenCount(tokenizer, text))),
    };
  },
};

function tokenCount(tokenizer: NonNullable<LanguageModel['tokenizer']>, text: string): number {
  return tokenizer.encode(` ${text}`).length;
}
