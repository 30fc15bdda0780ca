import type { WordEdits } from '../../../events.js';

/**
 * Reads what was typed for label words: `good=great|fine, bad=awful` gives labels words, `-dull` leaves one out; undefined
 * where it is neither. The run says whether it has the labels and the words.
 */
export function parseLabelWords(text: string): WordEdits | undefined {
  const words: Record<string, string> = Object.create(null);
  const without: string[] = [];
  for (const item of text.split(',').map((part) => part.trim())) {
    const equals = item.indexOf('=');
    const label = item.slice(0, equals).trim();
    if (/^-./.test(item) && equals < 0) without.push(item.slice(1).trim());
    else if (equals > 0 && !(label in words)) words[label] = item.slice(equals + 1).trim();
    else return undefined;
  }
  return { ...(Object.keys(words).length > 0 ? { words } : {}), ...(without.length > 0 ? { without } : {}) };
}
