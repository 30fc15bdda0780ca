import { requireCapability } from '../../lm/load.js';
import { zip } from '../../statistics/zip.js';
import type { ObjectiveKind } from './contract/objective-kind.js';

/** Nats a token. Random tokens have about -15 under a language model of 50,000 tokens. */
const LEAST = -20;
/** The first token of a prompt is predicted too: it begins a line. */
const BEFORE_PROMPT = '\n';

/**
 * How likely the generator LM finds a prompt's text: (1/T) Σ_t log p(z_t | z_<t) in nats a token, at most 0. T counts the
 * tokens of the text as the tokenizer cuts it, which is what a reader of the prompt sees, not always the tokens proposed.
 * An empty prompt has 0.
 */
export const fluencyObjective: ObjectiveKind = {
  create: ({ generator }) => {
    const lm = requireCapability(generator, 'likelihood');
    const known = new Map<string, number>();
    const learn = async (texts: readonly string[]): Promise<void> => {
      if (texts.length === 0) return;
      const scored = await lm.textLogProbs(texts.map((text) => `${BEFORE_PROMPT}${text}`));
      for (const [text, { logProb, tokenCount }] of zip(texts, scored)) {
        known.set(text, tokenCount === 0 ? 0 : logProb / tokenCount);
      }
    };
    return {
      name: 'fluency',
      range: [LEAST, 0],
      readsOutputs: false,
      score: async (items) => {
        const texts = [...new Set(items.map(({ text }) => text))];
        await learn(texts.filter((text) => !known.has(text)));
        return items.map(({ text }) => known.get(text) ?? 0);
      },
    };
  },
};
