import type { Span } from '../../draw/palette.js';
import { safeText } from '../../draw/safe-text.js';
import { SHOWN_WORDS } from '../../words-shown.js';

const STEERING: readonly (readonly [keys: string, meaning: string])[] = [
  ['p', 'pause; p again continues'],
  ['s', 'save a checkpoint'],
  ['e', 'evaluate the best prompts on dev now'],
  ['t', 'type your own prompt: it is scored and joins the table'],
  ['l', 'type label words for the chosen prompt: LABEL=word|word, or -word'],
  ['w', 'type weights of the reward’s objectives, such as fluency=0.5'],
  ['x', 'export the best prompt, in a format that you name'],
  ['↑ ↓ Enter', 'choose a prompt of the table and look into it'],
  ['q', 'save and quit; the run can be resumed'],
  ['Ctrl-C', 'the same; a second time quits at once'],
  ['Ctrl-Z', 'suspend; the command fg brings it back'],
  ['!', 'read messages and warnings in full'],
];

const WATCHING: typeof STEERING = [
  ['↑ ↓ Enter', 'choose a prompt of the table and look into it'],
  ['q', 'quit'],
  ['Ctrl-C', 'quit'],
  ['!', 'read messages and warnings in full'],
];

const WORDS = SHOWN_WORDS.filter(({ isOnScreen }) => isOnScreen).map(({ word, meaning }) => [word, meaning] as const);

/** For a terminal of few rows. */
const BRIEFLY = [
  'p pause · s save · e eval · w weights',
  't type a prompt · l words · x export',
  'q save and quit · Ctrl-C twice: at once',
  '↑ ↓ Enter look into a prompt · ! messages · ? words',
];

/** The keys in at most `height` lines, and the words below them where both fit. What a key asks for happens when the step under way has ended. */
export function helpLines(height: number, steerable: boolean, isOffered: (key: string) => boolean): Span[][] {
  const title = titled('Keys take effect between steps. ? explains the words, other keys go back.');
  const offered = STEERING.filter(([key]) => isOffered(key));
  if (steerable && height <= offered.length) return BRIEFLY.slice(0, height).map((line) => [{ text: safeText(line) }]);
  const keys = [title, ...(steerable ? offered : WATCHING).map(helpLine)];
  const all = [...keys, [], ...WORDS.map(helpLine)];
  return all.length <= height ? all : keys.slice(0, height);
}

/** What the words of the screen mean, in at most `height` lines. */
export function wordLines(height: number): Span[][] {
  return [
    titled('What the words mean; more: rlprompt help WORD. Press any key to go back.'),
    ...WORDS.map(helpLine),
  ].slice(0, height);
}

function titled(text: string): Span[] {
  return [{ text: safeText(text), style: 'strong' }];
}

function helpLine([name, meaning]: (typeof STEERING)[number]): Span[] {
  return [{ text: safeText(`  ${name.padEnd(11)}`), style: 'title' }, { text: safeText(meaning) }];
}
