import type { Completion } from './completion-answer.js';

const CLOSED = '</think>';

/**
 * The answer without what the model thought before it. Thoughts are never scored. Where the format of a chat opens them
 * itself, only their end is written.
 *
 * @returns undefined where the model was still thinking when it came to the limit of tokens
 */
export function withoutThoughts(completion: Completion): Completion | undefined {
  const { text, positions, hasThought, isFinished } = completion;
  const end = text.indexOf(CLOSED);
  if (end >= 0) return answerFrom(completion, text.slice(end + CLOSED.length));
  if (/^\s*<think>/.test(text)) return undefined;
  if (text.trim() === '' && !isFinished && (hasThought || positions.length === 0)) return undefined;
  return hasThought ? answerFrom(completion, text) : completion;
}

/** Whether thoughts that the format of a chat opened came to an end. */
export function hasClosedThoughts({ text }: Completion): boolean {
  return text.includes(CLOSED);
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
