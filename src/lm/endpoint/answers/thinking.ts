import type { Completion } from './completion-answer.js';

const CLOSED = '</think>';

/**
 * The answer without what the model thought before it. Thoughts are never scored.
 *
 * @returns undefined where the model was still thinking when it came to the limit of tokens
 */
export function withoutThoughts(completion: Completion): Completion | undefined {
  const { text, positions, hasThought, isFinished } = completion;
  if (/^\s*<think>/.test(text)) {
    const end = text.indexOf(CLOSED);
    return end < 0 ? undefined : answerFrom(completion, text.slice(end + CLOSED.length));
  }
  if (text.trim() === '' && !isFinished && (hasThought || positions.length === 0)) return undefined;
  return hasThought ? answerFrom(completion, text) : completion;
}

/** Keeps the places that spell the answer; none where they cannot be told from those of the thoughts. */
function answerFrom(completion: Completion, text: string): Completion {
  let rest = completion.positions.length;
  for (let spelled = ''; rest > 0 && spelled.length < text.length; rest--) {
    spelled = completion.positions[rest - 1]!.token + spelled;
    if (!text.endsWith(spelled)) return { ...completion, text, positions: [] };
  }
  return { ...completion, text, positions: completion.positions.slice(rest) };
}
