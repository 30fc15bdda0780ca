import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOWN, UP } from '../../../../src/ui/ink/input/arrows.js';
import { INITIAL_KEYBOARD, pressKeys } from '../../../../src/ui/ink/input/press-key.js';

function actionsOf(...inputs: string[]): string[] {
  let keyboard = INITIAL_KEYBOARD;
  return inputs.flatMap((input) => {
    const pressed = pressKeys(keyboard, input, 'search');
    keyboard = pressed.keyboard;
    return pressed.actions.map((action) => {
      if (action.kind === 'set-weights') return `weights:${JSON.stringify(action.weights)}`;
      if (action.kind === 'change-label-words') return `words:${JSON.stringify(action.edits)}`;
      if (action.kind === 'export') return `export:${action.format}`;
      return action.kind === 'add-prompt' ? `prompt:${action.text}` : action.kind;
    });
  });
}

describe('pressKeys', () => {
  it('takes keys that arrive together one after the other', () => {
    expect(actionsOf('ss', 'thello\r')).toEqual(['save', 'save', 'prompt:hello']);
  });

  it('does not take pasted text for commands', () => {
    expect(actionsOf('please quit now')).toEqual([]);
    expect(actionsOf('t', 'first line\rq\rsecond\r')).toEqual(['prompt:first line q second']);
  });

  it('sends no empty prompt, and edits by letter, word and line', () => {
    expect(actionsOf('t', '  ', '\r')).toEqual([]);
    expect(actionsOf('t', 'one two', '\u0017', 'three', '\u007F', '\r')).toEqual(['prompt:one thre']);
    expect(actionsOf('t', 'gone', '\u0015', 'e\u0301x', '\u007F', '\u007F', 'kept', '\r')).toEqual(['prompt:kept']);
  });

  it('asks for the format of an export, json where none is named', () => {
    expect(actionsOf('x', '\r')).toEqual(['export:json']);
    expect(actionsOf('x', 'python', '\r', 'x', 'ts', '\u001B')).toEqual(['export:python']);
  });

  it('moves through the table, looks into a prompt, scrolls there, and goes back with any other key', () => {
    let { keyboard } = pressKeys(INITIAL_KEYBOARD, UP, 'search');
    expect(keyboard.selected).toBe(0);
    keyboard = pressKeys(keyboard, DOWN + DOWN + UP, 'search').keyboard;
    expect(keyboard.selected).toBe(1);
    const pressed = pressKeys(keyboard, '\r', 'search');
    expect(pressed.actions).toEqual([{ kind: 'inspect' }]);
    expect(pressed.keyboard.mode).toBe('prompt');
    expect(pressKeys(pressed.keyboard, DOWN + DOWN, 'search').keyboard).toMatchObject({ scrolled: 2, selected: 1 });
    expect(pressKeys(pressed.keyboard, 's', 'search')).toMatchObject({ keyboard: { mode: 'board' }, actions: [] });
    expect(pressKeys(INITIAL_KEYBOARD, '\r', 'none').actions).toEqual([{ kind: 'inspect' }]);
  });

  it('says that the search is over where a key would act between two steps, and stops at q', () => {
    for (const key of 'psetlwx') {
      const { keyboard, actions } = pressKeys(INITIAL_KEYBOARD, key, 'end');
      expect([key, keyboard.mode, keyboard.note, actions]).toEqual([
        key,
        'board',
        'the search is over and saved: this key does nothing now; q stops',
        [],
      ]);
    }
    for (const [key, action] of [
      ['q', 'stop'],
      ['\u0003', 'interrupt'],
    ] as const) {
      const { keyboard, actions } = pressKeys(INITIAL_KEYBOARD, key, 'end');
      expect(actions).toEqual([{ kind: action }]);
      expect(keyboard.note).toContain('every step is saved');
    }
  });

  it('takes label words by label, on the board and in a prompt that is looked into', () => {
    expect(actionsOf('l', 'good=great|fine, bad = awful', '\r')).toEqual([
      'choose-prompt',
      'words:{"words":{"good":"great|fine","bad":"awful"}}',
    ]);
    expect(actionsOf('l', '-dull, good=fine,-wet', '\r')).toEqual([
      'choose-prompt',
      'words:{"words":{"good":"fine"},"without":["dull","wet"]}',
    ]);
    expect(actionsOf('l', '-', '\r', 'l', 'a=b,a=c', '\r')).toEqual(['choose-prompt', 'choose-prompt']);
    expect(actionsOf('\r', 'l', 'good', '\r', 'l', '\r', 'l', 'a=b', '\u001B')).toEqual([
      'inspect',
      'choose-prompt',
      'choose-prompt',
      'choose-prompt',
    ]);
  });

  it('takes weights by name, several at once, and nothing that is none', () => {
    expect(actionsOf('w', 'judge=0.5', '\r')).toEqual(['choose-weights', 'weights:{"judge":0.5}']);
    expect(actionsOf('wtask=1 fluency=.25,length=0\r')).toEqual([
      'choose-weights',
      'weights:{"task":1,"fluency":0.25,"length":0}',
    ]);
    expect(actionsOf('w', 'judge', '\r', 'w', 'judge=much', '\r', 'w', '\r', 'w', 'a=1', '\u001B')).toEqual(
      Array(4).fill('choose-weights'),
    );
    const { keyboard } = pressKeys(INITIAL_KEYBOARD, 'wjudge 0.5\r', 'search');
    expect(keyboard).toMatchObject({ mode: 'board', note: 'that is not a weight: NAME=WEIGHT, such as fluency=0.5' });
  });

  it('takes no more commands while the run stops, but a second Ctrl-C', () => {
    expect(actionsOf('q', 's', 'p', 'q', '\u0003')).toEqual(['stop', 'force-quit']);
  });

  it('only quits where there is nothing to steer', () => {
    expect(pressKeys(INITIAL_KEYBOARD, 's', 'none').actions).toEqual([]);
    expect(pressKeys(INITIAL_KEYBOARD, 'q', 'none').actions).toEqual([{ kind: 'force-quit' }]);
  });

  it('bears any input', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 6 }), (inputs) => {
        expect(() => actionsOf(...inputs)).not.toThrow();
      }),
      { seed: 7 },
    );
  });
});
