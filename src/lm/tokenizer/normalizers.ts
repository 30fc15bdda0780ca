import { readPrecompiled } from './precompiled.js';
import {
  isChinese,
  isOther,
  isWhitespace,
  MARKS,
  SPACELESS_MARKS,
  toByteCharacters,
  trimEnd,
  trimStart,
} from './shared/characters.js';
import { flagOf, type Settings, settingsList, textOf, unknownKind } from './shared/definition.js';
import { characterClass, INCOMPATIBLE, UNDECOMPOSED, UNORDERED } from './shared/older-unicode.js';
import { patternSpans } from './shared/pattern.js';

export type Normalize = (text: string) => string;

/** The normalizer of a tokenizer.json. */
export function createNormalizer(settings: Settings): Normalize {
  switch (settings.type) {
    case 'Sequence': {
      const steps = settingsList(settings.normalizers).map(createNormalizer);
      return (text) => steps.reduce((result, step) => step(result), text);
    }
    case 'BertNormalizer':
      return bertNormalizer(settings);
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const form = settings.type;
      return (text) => normalizeForm(text, form);
    }
    case 'Lowercase':
      return lowerCase;
    case 'StripAccents':
      return (text) => text.replace(MARKS, '');
    case 'Strip':
      return stripNormalizer(flagOf(settings, 'strip_left', true), flagOf(settings, 'strip_right', true));
    case 'Prepend': {
      const prepended = textOf(settings, 'prepend');
      return (text) => (text === '' ? '' : prepended + text);
    }
    case 'Replace':
      return replaceNormalizer(settings);
    case 'Nmt':
      return normalizeForTranslation;
    case 'ByteLevel':
      return toByteCharacters;
    case 'Precompiled':
      return readPrecompiled(textOf(settings, 'precompiled_charsmap')).normalize;
    default:
      throw unknownKind('normalizer', settings);
  }
}

const ASCII = /^[\0-~]*$/;
const CANONICAL = new RegExp(`(${characterClass(`${UNDECOMPOSED} ${UNORDERED}`)})`, 'u');
const COMPATIBLE = new RegExp(`(${characterClass(`${UNDECOMPOSED} ${UNORDERED} ${INCOMPATIBLE}`)})`, 'u');
const KEPT = { NFC: CANONICAL, NFD: CANONICAL, NFKC: COMPATIBLE, NFKD: COMPATIBLE };
const COMPOSED = new RegExp(characterClass(UNDECOMPOSED), 'gu');

export type UnicodeForm = keyof typeof KEPT;

export function normalizeForm(text: string, form: UnicodeForm): string {
  if (ASCII.test(text)) return text;
  // What has no decomposition there is not composed, either.
  const normalized = (part: string) => part.normalize(form).replace(COMPOSED, (one) => one.normalize('NFD'));
  const kept = KEPT[form];
  if (!kept.test(text)) return normalized(text);
  const parts = text.split(kept);
  // The pattern's group puts the kept characters at the odd places.
  return parts.map((part, i) => (i % 2 === 1 ? part : normalized(part))).join('');
}

/** Character by character: the sigma at the end of a word is no other one, as in the Rust library. */
function lowerCase(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let lower = '';
  for (const character of text) lower += character.toLowerCase();
  return lower;
}

function stripNormalizer(left: boolean, right: boolean): Normalize {
  return (text) => {
    const rest = left ? trimStart(text) : text;
    return right ? trimEnd(rest) : rest;
  };
}

function replaceNormalizer(settings: Settings): Normalize {
  const content = textOf(settings, 'content');
  const find = patternSpans(settings.pattern);
  return (text) =>
    find(text)
      .map(({ start, end, isMatch }) => (isMatch ? content : text.slice(start, end)))
      .join('');
}

function bertNormalizer(settings: Settings): Normalize {
  const lowers = flagOf(settings, 'lowercase', true);
  const stripsAccents = flagOf(settings, 'strip_accents', lowers);
  const cleans = flagOf(settings, 'clean_text', true);
  const spacesChinese = flagOf(settings, 'handle_chinese_chars', true);
  return (text) => {
    let result = cleans ? cleanText(text) : text;
    if (spacesChinese) result = spaceChinese(result);
    if (stripsAccents) result = normalizeForm(result, 'NFD').replace(SPACELESS_MARKS, '');
    return lowers ? lowerCase(result) : result;
  };
}

/** Blanks other than a space, and what is no text. */
const UNCLEAN = /[\p{Cc}\p{Cf}\p{Co}\ufffd\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u00a0]/gu;

function cleanText(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(UNCLEAN, (character) => {
    if (character === '\t' || character === '\n' || character === '\r') return ' ';
    if (character === '\ufffd' || isOther(character)) return '';
    return isWhitespace(character) ? ' ' : character;
  });
}

function spaceChinese(text: string): string {
  if (/^[\0-\u2fff]*$/.test(text)) return text;
  let spaced = '';
  for (const character of text) spaced += isChinese(character) ? ` ${character} ` : character;
  return spaced;
}

/** As sentencepiece does it for translation: control characters go, other blanks become spaces. */
function normalizeForTranslation(text: string): string {
  return text
    .replace(/[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]/g, '')
    .replace(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g, ' ');
}
