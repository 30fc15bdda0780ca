import { describe, expect, it } from 'vitest';
import { widthOf } from '../../../src/ui/draw/text-width.js';
import { loadInk } from '../../../src/ui/load-ink.js';
import { FakeKeyboard, FakeTerminal, settled } from '../fake-terminal.js';

const { rateInTerminal } = await loadInk(() => import('../../../src/ui/ink/questions/rating-screen.js'));

const LONG = Array.from({ length: 30 }, (_, i) => `word${i}`).join(' ');
const SETS = [
  { context: '', items: ['a short text', LONG] },
  { context: 'Which is kinder?', items: ['one', 'two', 'three'] },
];

/** The first frame comes when the keyboard is read, which takes longer on a busy machine. */
async function firstFrame(terminal: FakeTerminal): Promise<void> {
  for (let i = 0; i < 50 && terminal.frame === ''; i++) await settled();
}

function start(columns: number, rows: number) {
  const terminal = new FakeTerminal(columns, rows);
  const keyboard = new FakeKeyboard();
  const ranked: (readonly (readonly number[])[])[] = [];
  const done = rateInTerminal({
    sets: SETS,
    stderr: terminal,
    stdin: keyboard,
    env: {},
    onRanked: (_, order) => ranked.push(order),
  });
  return { terminal, keyboard, ranked, done };
}

describe('the screen of rate', () => {
  it('shows a text in full, over several lines, where there is room', async () => {
    const { terminal, keyboard, ranked, done } = start(60, 24);
    await firstFrame(terminal);
    expect(terminal.frame.replace(/\s+/g, ' ')).toContain(LONG);
    expect(Math.max(...terminal.frame.split('\n').map(widthOf))).toBeLessThanOrEqual(60);
    for (const key of ['2', '1', '\r']) await keyboard.press(key);
    expect(terminal.frame).toContain('Which is kinder?');
    await keyboard.press('q');
    expect(await done).toBe(1);
    expect(ranked).toEqual([[[1], [0]]]);
  });

  it('says by an ellipsis that a text is longer than its room, and gives it more in a larger terminal', async () => {
    const { terminal, keyboard, done } = start(40, 10);
    await firstFrame(terminal);
    expect(terminal.frame).toContain('…');
    expect(terminal.frame.split('\n').length).toBeLessThan(10);
    terminal.resize(80, 24);
    await settled();
    expect(terminal.frame.replace(/\s+/g, ' ')).toContain(LONG);
    terminal.resize(40, 10);
    await settled();
    // What a narrower terminal made of the lines before is wiped.
    expect(terminal.all).toContain('\u001B[2J');
    await keyboard.press('q');
    await done;
  });
});
