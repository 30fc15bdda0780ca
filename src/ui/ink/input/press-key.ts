import type { WordEdits } from '../../../events.js';
import { DOWN, UP } from './arrows.js';
import { charactersOf, editDraft } from './draft.js';
import { NOTES } from './notes.js';
import { parseLabelWords } from './parse-label-words.js';
import { parseWeights } from './parse-weights.js';

/** What the keyboard changes on the screen; everything else comes from the run's events. */
export interface KeyboardState {
  readonly mode: 'board' | 'help' | 'words' | 'messages' | 'typing' | 'prompt';
  /** What is being typed. */
  readonly field: 'prompt' | 'weights' | 'format' | 'label-words';
  readonly draft: string;
  /** Row of the table that the arrows are at, from 0; undefined before the first of them. */
  readonly selected: number | undefined;
  /** Lines of the inspected prompt, or of the messages, above the first that is shown. */
  readonly scrolled: number;
  readonly pauseWanted: boolean;
  readonly stopping: boolean;
  /** Confirms the last key until the run's own message comes. */
  readonly note: string | undefined;
}

export type KeyAction =
  | {
      readonly kind:
        | 'pause'
        | 'continue'
        | 'save'
        | 'evaluate'
        | 'stop'
        | 'interrupt'
        | 'force-quit'
        | 'suspend'
        | 'inspect'
        | 'choose-prompt'
        | 'choose-weights';
    }
  | { readonly kind: 'export'; readonly format: string }
  | { readonly kind: 'add-prompt'; readonly text: string }
  | { readonly kind: 'change-label-words'; readonly edits: WordEdits }
  | { readonly kind: 'set-weights'; readonly weights: Readonly<Record<string, number>> };

/** What keys can do to the run: nothing, steer its search, or stop the evaluation at its end. */
export type Steering = 'none' | 'search' | 'end';

export interface KeyPress {
  readonly keyboard: KeyboardState;
  readonly actions: readonly KeyAction[];
}

export const INITIAL_KEYBOARD: KeyboardState = {
  mode: 'board',
  field: 'prompt',
  draft: '',
  selected: undefined,
  scrolled: 0,
  pauseWanted: false,
  stopping: false,
  note: undefined,
};

/** More characters at once than anyone presses between two reads: pasted by accident, perhaps with a `q` in it. */
const LONGEST_BURST = 8;

/** Keys after which text is typed. */
const FIELD_KEYS: ReadonlySet<string> = new Set(['t', 'l', 'w', 'x']);

/** Keys that do something between two steps. */
export const STEERING_KEYS: ReadonlySet<string> = new Set([...FIELD_KEYS, 'p', 's', 'e']);

const ENTER = '\r';
const ESCAPE = '\u001B';
const CTRL_C = '\u0003';
const CTRL_Z = '\u001A';

/** Takes in characters as a terminal in raw mode sends them, several at a time when typed or pasted fast. */
export function pressKeys(keyboard: KeyboardState, input: string, steering: Steering): KeyPress {
  const characters = charactersOf(input.replaceAll('\n', ENTER));
  if (keyboard.mode !== 'typing' && characters.length > LONGEST_BURST && !FIELD_KEYS.has(characters[0]!)) {
    return { keyboard, actions: [] };
  }
  const actions: KeyAction[] = [];
  let current = keyboard;
  characters.forEach((character, i) => {
    // A line break inside pasted text does not send it: what follows would be taken for commands.
    const inside = character === ENTER && current.mode === 'typing' && i < characters.length - 1;
    const pressed = pressCharacter(current, inside ? ' ' : character, steering);
    current = pressed.keyboard;
    actions.push(...pressed.actions);
  });
  return { keyboard: current, actions };
}

function pressCharacter(keyboard: KeyboardState, character: string, steering: Steering): KeyPress {
  if (character === CTRL_C) return pressCtrlC(keyboard, steering);
  if (character === CTRL_Z) return changed(keyboard, {}, 'suspend');
  if (keyboard.mode === 'typing') return pressTyping(keyboard, character);
  if (character === UP || character === DOWN) return pressArrow(keyboard, character === UP ? -1 : 1);
  if (keyboard.mode === 'help' && character === '?') return changed(keyboard, { mode: 'words' });
  const editsInspected = keyboard.mode === 'prompt' && character.toLowerCase() === 'l' && steering === 'search';
  if (keyboard.mode !== 'board' && !editsInspected) return changed(keyboard, { mode: 'board' });
  if (character === ENTER) return changed(keyboard, { mode: 'prompt', scrolled: 0 }, 'inspect');
  if (character === '!') return changed(keyboard, { mode: 'messages', scrolled: 0 });
  if (character === '?') return changed(keyboard, { mode: 'help' });
  if (steering === 'none')
    return character === 'q' ? changed(keyboard, { stopping: true }, 'force-quit') : changed(keyboard, {});
  if (keyboard.stopping) return changed(keyboard, {});
  const key = character.toLowerCase();
  return steering === 'search' ? pressCommand(keyboard, key) : pressAfterSearch(keyboard, key);
}

/** Moves through the table, or through what is said of a prompt; whoever draws it knows how far. */
function pressArrow(keyboard: KeyboardState, by: -1 | 1): KeyPress {
  if (keyboard.mode === 'prompt' || keyboard.mode === 'messages')
    return changed(keyboard, { scrolled: Math.max(0, keyboard.scrolled + by) });
  if (keyboard.mode !== 'board') return changed(keyboard, {});
  const { selected } = keyboard;
  return changed(keyboard, { selected: selected === undefined ? 0 : Math.max(0, selected + by) });
}

function pressCtrlC(keyboard: KeyboardState, steering: Steering): KeyPress {
  if (steering === 'none' || keyboard.stopping) return changed(keyboard, { stopping: true }, 'force-quit');
  const kept = steering === 'end' ? 'every step is saved' : 'a step that ends within a second is saved';
  const note = `stopping; ${kept}. Ctrl-C again quits at once`;
  return changed(keyboard, { stopping: true, mode: 'board', note }, 'interrupt');
}

/** Nothing comes between two steps any more. */
function pressAfterSearch(keyboard: KeyboardState, character: string): KeyPress {
  if (character === 'q') return changed(keyboard, { stopping: true, note: 'stopping; every step is saved' }, 'stop');
  const note = 'the search is over and saved: this key does nothing now; q stops';
  return changed(keyboard, STEERING_KEYS.has(character) ? { note } : {});
}

function pressCommand(keyboard: KeyboardState, character: string): KeyPress {
  switch (character) {
    case 'p':
      return keyboard.pauseWanted
        ? changed(keyboard, { pauseWanted: false, note: NOTES.resumed }, 'continue')
        : changed(keyboard, { pauseWanted: true, note: NOTES.pause }, 'pause');
    case 's':
      return changed(keyboard, { note: NOTES.save }, 'save');
    case 'e':
      return changed(keyboard, { note: NOTES.evaluate }, 'evaluate');
    case 'x':
      return changed(keyboard, { mode: 'typing', field: 'format', draft: '', note: undefined });
    case 'q':
      return changed(keyboard, { stopping: true, note: 'stopping after this step; everything will be saved' }, 'stop');
    case 't':
      return changed(keyboard, { mode: 'typing', field: 'prompt', draft: '', note: undefined });
    case 'l':
      return changed(keyboard, { mode: 'typing', field: 'label-words', draft: '', note: undefined }, 'choose-prompt');
    case 'w':
      return changed(keyboard, { mode: 'typing', field: 'weights', draft: '', note: undefined }, 'choose-weights');
    default:
      return changed(keyboard, {});
  }
}

function pressTyping(keyboard: KeyboardState, character: string): KeyPress {
  const { draft } = keyboard;
  switch (character) {
    case ESCAPE:
      return changed(keyboard, { mode: 'board', draft: '', note: undefined });
    case ENTER:
      return enter({ ...keyboard, mode: 'board', draft: '' }, draft.trim());
    default:
      return changed(keyboard, { draft: editDraft(draft, character) });
  }
}

function enter(keyboard: KeyboardState, text: string): KeyPress {
  if (keyboard.field === 'format') {
    const format = text === '' ? 'json' : text;
    const note = `exporting the best prompt as ${format} after this step`;
    return { keyboard: { ...keyboard, note }, actions: [{ kind: 'export', format }] };
  }
  if (text === '') return { keyboard, actions: [] };
  if (keyboard.field === 'prompt') {
    const note = 'your prompt will be scored after this step';
    return { keyboard: { ...keyboard, note }, actions: [{ kind: 'add-prompt', text }] };
  }
  if (keyboard.field === 'label-words') {
    const edits = parseLabelWords(text);
    if (!edits)
      return changed(keyboard, {
        note: 'those are not label words: LABEL=word|word gives a label words, -word leaves one out',
      });
    const note = 'the prompt will be scored by these label words after this step';
    return { keyboard: { ...keyboard, note }, actions: [{ kind: 'change-label-words', edits }] };
  }
  const weights = parseWeights(text);
  if (!weights) return changed(keyboard, { note: 'that is not a weight: NAME=WEIGHT, such as fluency=0.5' });
  const note = 'the weights will change after this step';
  return { keyboard: { ...keyboard, note }, actions: [{ kind: 'set-weights', weights }] };
}

type PlainAction = Exclude<KeyAction['kind'], 'add-prompt' | 'change-label-words' | 'set-weights' | 'export'>;

function changed(keyboard: KeyboardState, change: Partial<KeyboardState>, action?: PlainAction): KeyPress {
  return { keyboard: { ...keyboard, ...change }, actions: action ? [{ kind: action }] : [] };
}
