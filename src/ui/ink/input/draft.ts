const BACKSPACE = '\u007F';
const CTRL_U = '\u0015';
const CTRL_W = '\u0017';
const LONGEST_DRAFT = 1000;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The characters of what a terminal sends, as a reader counts them. */
export function charactersOf(input: string): string[] {
  return [...graphemes.segment(input)].map(({ segment }) => segment);
}

/** A line that is being typed, after one more character: keys delete as they do in a shell, other control keys do nothing. */
export function editDraft(draft: string, character: string): string {
  if (character === BACKSPACE) return charactersOf(draft).slice(0, -1).join('');
  if (character === CTRL_U) return '';
  if (character === CTRL_W) return draft.replace(/\S+\s*$/, '');
  return /^\p{Cc}/u.test(character) ? draft : (draft + character).slice(0, LONGEST_DRAFT);
}
