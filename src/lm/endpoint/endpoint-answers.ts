import type { AnswersCapability, WordAnswer } from '../model/types.js';
import type { EndpointService } from './endpoint-service.js';
import { inParallel } from './in-parallel.js';
import { wordScores } from './word-scores.js';

/** Enough for a space, a word of two tokens and what follows it. */
const ANSWER_TOKENS = 4;

/** Puts questions to a service whose answer is one of some words. */
export class EndpointAnswers implements AnswersCapability {
  constructor(private readonly service: EndpointService) {}

  async answers(
    texts: readonly string[],
    words: readonly string[],
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<WordAnswer[]> {
    return await inParallel(texts, async (text) => {
      const request = { maxTokens: ANSWER_TOKENS, temperature: 0, seed: 0, wantsLogProbs: true, signal };
      const [completion] = await this.service.complete(text, request);
      const scores = wordScores(completion!, words);
      return { text: completion!.text, ...(scores ?? {}) };
    });
  }
}
