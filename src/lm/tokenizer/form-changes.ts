import { normalizeForm, type UnicodeForm } from './normalizers.js';

/** A character that was made, and what was before: 1 for one beside the character before it, -2 for one instead of three. */
export interface Change {
  readonly length: number;
  change: number;
}

/**
 * The changes by which a text gets its normal form. What a character is decomposed into comes beside it; marks take their
 * changes along when they are put in order; a composed character stands for all it is composed of.
 */
export function changesOfForm(text: string, form: UnicodeForm): Change[] {
  const decomposed = decomposedForm(form);
  const unordered = [...text].flatMap((character) =>
    [...normalizeForm(character, decomposed)].map((part, i) => ({ part, change: i === 0 ? 0 : 1 })),
  );
  const ordered = [...normalizeForm(text, decomposed)].map((part) => ({ part, change: take(unordered, part) }));
  return [...normalizeForm(text, form)].map((character) => {
    const parts = [...normalizeForm(character, decomposed)];
    const changes = parts.map((part) => take(ordered, part));
    return { length: character.length, change: changes.reduce((sum, change) => sum + change - 1, 1) };
  });
}

function decomposedForm(form: UnicodeForm): UnicodeForm {
  return form.startsWith('NFK') ? 'NFKD' : 'NFD';
}

/** Equal parts stay in their order, so that the first of them is the right one. */
function take(from: { readonly part: string; readonly change: number }[], part: string): number {
  const at = from.findIndex((one) => one.part === part);
  return from.splice(at, 1)[0]?.change ?? 0;
}
