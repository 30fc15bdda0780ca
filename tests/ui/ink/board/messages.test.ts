import { describe, expect, it } from 'vitest';
import { messageLines } from '../../../../src/ui/ink/board/messages.js';
import { DOWN, UP } from '../../../../src/ui/ink/input/arrows.js';
import { INITIAL_KEYBOARD, pressKeys } from '../../../../src/ui/ink/input/press-key.js';

const log = [
  { step: 3, level: 'warn', text: 'the best prompts by train have accuracy 0.914 there and 0.711 on dev' },
  { step: 20, level: 'info', text: 'saved' },
] as const;
const text = (height: number, width: number, scrolled = 0): string[] =>
  messageLines(log, { height, width, scrolled }).map((spans) => spans.map((span) => span.text).join(''));

describe('the list of messages', () => {
  it('shows warnings in full, wrapped between words', () => {
    expect(text(10, 40)).toEqual([
      'Messages, newest first. Arrows scroll, any other key closes them.',
      '  20  saved',
      '   3  the best prompts by train have',
      '      accuracy 0.914 there and 0.711 on',
      '      dev',
    ]);
  });

  it('keeps the newest where there is not room for all, and scrolls to the others', () => {
    expect(text(2, 40).at(-1)).toBe('  20  saved');
    expect(text(2, 40, 1).at(-1)).toBe('   3  the best prompts by train have');
    expect(text(2, 40, 9).at(-1)).toBe('      dev');
    expect(text(1, 40)).toHaveLength(1);
  });

  it('opens with !, scrolls by the arrows and closes with any other key, which does nothing else', () => {
    const { keyboard } = pressKeys(INITIAL_KEYBOARD, '!', 'search');
    expect(keyboard.mode).toBe('messages');
    expect(pressKeys(keyboard, DOWN + DOWN + UP, 'search').keyboard).toMatchObject({ mode: 'messages', scrolled: 1 });
    expect(pressKeys(keyboard, 'q', 'search')).toMatchObject({ keyboard: { mode: 'board' }, actions: [] });
  });

  it('leaves Ctrl-Z to the shell', () => {
    expect(pressKeys(INITIAL_KEYBOARD, '\u001A', 'search').actions).toEqual([{ kind: 'suspend' }]);
  });
});
