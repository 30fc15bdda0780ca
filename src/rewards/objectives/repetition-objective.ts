import type { Tokenizer } from '../../lm/model/types.js';
import type { ObjectiveKind } from './contract/objective-kind.js';

/**
 * Minus the share of a prompt's tokens that were there before: 1 of 4 in `so very very good`, -0.25. Tokens that differ in case
 * or in the space before them are one; 0 where nothing is repeated.
 */
export const repetitionObjective: ObjectiveKind = {
  create: ({ generator }) => ({
    name: 'repetition',
    range: [-1, 0],
    readsOutputs: false,
    score: async (items) => items.map(({ text }) => freshShare(text, generator.tokenizer!) - 1),
  }),
};

function freshShare(text: string, tokenizer: Tokenizer): number {
  const tokens = tokenizer.encode(` ${text}`).map((id) => tokenizer.decode([id]).trim().toLowerCase());
  const words = tokens.filter((token) => token !== '');
  return words.length === 0 ? 1 : new Set(words).size / words.length;
}
