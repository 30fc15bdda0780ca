import { SHOWN_WORDS } from '../../src/ui/words-shown.js';
import { heading, table } from './table.js';

const INTRODUCTION = `What appears on the screen of a run, and in the tables of \`top\` and the summary. \`?\` twice on the screen shows the most asked for, and
\`rlprompt help WORD\` finds them all. The program's own terms are on the page [Vocabulary](vocabulary.md).`;

export function wordsPage(): string {
  const rows = SHOWN_WORDS.map(({ word, meaning }) => [word, meaning]);
  return [heading('Words on the screen', INTRODUCTION), table(['word', 'meaning'], rows), ''].join('\n');
}
