import { type Change, changesOfForm } from './form-changes.js';
import { createNormalizer, type Normalize, normalizeForm, type UnicodeForm } from './normalizers.js';
import { type Replacement, readPrecompiled } from './precompiled.js';
import { trimStart } from './shared/characters.js';
import { type Settings, settingsList, textOf } from './shared/definition.js';
import { type FindSpans, patternSpans } from './shared/pattern.js';

/**
 * How much of a normalized text comes from its first character, in code units from the beginning.
 *
 * The Python library remembers for each character of a normalized text where in the original it was, and Metaspace's
 * `first` asks whether a piece begins there at 0. What was replaced counts as its last character, for instance, so a
 * text whose first two characters were replaced together has no first piece.
 *
 * @param text before the normalizer
 * @param count how much of that comes from the original's first character
 */
export type FollowFirst = (text: string, count: number) => number;

export function createFollowFirst(settings: Settings): FollowFirst {
  switch (settings.type) {
    case 'Sequence': {
      const steps = settingsList(settings.normalizers).map((step) => ({
        follow: createFollowFirst(step),
        normalize: createNormalizer(step),
      }));
      return (text, count) => {
        let [now, left] = [text, count];
        for (const { follow, normalize } of steps) {
          left = follow(now, left);
          now = normalize(now);
        }
        return left;
      };
    }
    case 'Replace':
      return followReplace(patternSpans(settings.pattern), textOf(settings, 'content').length);
    case 'Prepend': {
      const { length } = textOf(settings, 'prepend');
      return (text, count) => (count > 0 && text !== '' ? count + length : 0);
    }
    case 'Strip':
      return followStrip(createNormalizer(settings), settings.strip_left !== false);
    case 'Precompiled': {
      const { replacements } = readPrecompiled(textOf(settings, 'precompiled_charsmap'));
      return (text, count) => followChanges(text, count, changesOf(replacements(text)));
    }
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return followForm(settings.type);
    case 'BertNormalizer': {
      const normalize = createNormalizer(settings);
      return (text, count) => sharedStart(normalize(text.slice(0, count)), normalize(text));
    }
    default: {
      // Each character by itself.
      const normalize = createNormalizer(settings);
      return (text, count) => normalize(text.slice(0, count)).length;
    }
  }
}

/** What is put in the place of a match counts as the match's last character; of an empty match, as the one before it. */
function followReplace(find: FindSpans, contentLength: number): FollowFirst {
  return (text, count) => {
    let left = 0;
    for (const { start, end, isMatch } of find(text)) {
      if (!isMatch) left += Math.max(0, Math.min(end, count) - start);
      else if (end <= count) left += contentLength;
    }
    return left;
  };
}

function followStrip(strip: Normalize, stripsLeft: boolean): FollowFirst {
  return (text, count) => {
    const blanks = stripsLeft ? text.length - trimStart(text).length : 0;
    return Math.max(0, Math.min(count - blanks, strip(text).length));
  };
}

function followForm(form: UnicodeForm): FollowFirst {
  return (text, count) => {
    // Nothing before U+0300 is composed with what is before it, or changes places.
    if (count >= text.length || text.charCodeAt(count) < 0x300) return normalizeForm(text.slice(0, count), form).length;
    return followChanges(text, count, changesOfForm(text, form));
  };
}

function sharedStart(a: string, b: string): number {
  let length = 0;
  for (const character of a) {
    if (!b.startsWith(character, length)) break;
    length += character.length;
  }
  return length;
}

function changesOf(replacements: Iterable<Replacement>): Change[] {
  const changes: Change[] = [];
  for (const { part, made = part } of replacements) {
    const more = [...made].length - [...part].length;
    const kept = [...made].length - Math.max(0, more);
    for (const [i, { length }] of [...made].entries()) changes.push({ length, change: i < kept ? 0 : 1 });
    const last = changes.at(-1);
    // Nothing takes the place of what is removed at the beginning: all that follows counts as what was before it.
    if (more < 0 && last) last.change += more;
  }
  return changes;
}

function followChanges(text: string, count: number, changes: readonly Change[]): number {
  let left = 0;
  let at = 0;
  for (const { length, change } of changes) {
    if ((change > 0 ? at - 1 : at) >= count) break;
    left += length;
    for (let replaced = change; replaced <= 0; replaced++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return left;
}
