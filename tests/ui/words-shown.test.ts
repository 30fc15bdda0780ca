import { expect, it } from 'vitest';
import { safeLine } from '../../src/ui/draw/safe-text.js';
import { widthOf } from '../../src/ui/draw/text-width.js';
import { healthLines } from '../../src/ui/ink/board/health-lines.js';
import { promptLines } from '../../src/ui/ink/board/prompts.js';
import { INITIAL_KEYBOARD } from '../../src/ui/ink/input/press-key.js';
import { INITIAL_SCREEN, reduceScreen } from '../../src/ui/screen-state.js';
import { SHOWN_WORDS } from '../../src/ui/words-shown.js';
import { spamRun } from './fixtures/spam-run.js';

const known = new Set(SHOWN_WORDS.map(({ word }) => word));

it('the columns of the table and the signs of the screen are explained', () => {
  const state = spamRun(84).reduce(reduceScreen, INITIAL_SCREEN);
  const [head = []] = promptLines({ state, progress: undefined, keyboard: INITIAL_KEYBOARD, canPress: false }, 5, 200);
  const columns = head
    .map(({ text }) => text)
    .join('')
    .trim()
    .split(/ +/);
  const [signs = []] = healthLines(state, 1, 200);
  const named = signs.slice(1).flatMap(({ text }, i) => (i % 2 === 0 ? [text.trim()] : []));
  expect(columns).toContain('margin');
  expect(named).toContain('entropy');
  expect([...columns, ...named].filter((word) => word !== 'prompt' && !known.has(word))).toEqual([]);
});

it('a meaning has room in the help of a screen of 80 columns', () => {
  for (const { meaning } of SHOWN_WORDS)
    expect([meaning, widthOf(safeLine`${meaning}`) <= 65]).toEqual([meaning, true]);
});
