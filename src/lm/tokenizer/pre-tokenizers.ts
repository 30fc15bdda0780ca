import { splitWords } from './bert-split.js';
import { byteWords } from './byte-level.js';
import { splitByScript } from './scripts.js';
import { isNumeric, isPunctuation, isWhitespace, toByteCharacters, WORD } from './shared/characters.js';
import { flagOf, type Settings, settingsList, textOf, UnsupportedTokenizer, unknownKind } from './shared/definition.js';
import { characterSpans, expressionSpans, inverted, patternSpans } from './shared/pattern.js';
import { mapPiece, type Piece, readBehavior, splitPieces } from './split.js';

export type PreTokenize = (pieces: readonly Piece[]) => readonly Piece[];

/** The pre-tokenizer of a tokenizer.json. */
export function createPreTokenizer(settings: Settings): PreTokenize {
  switch (settings.type) {
    case 'Sequence': {
      const steps = settingsList(settings.pretokenizers).map(createPreTokenizer);
      return (pieces) => steps.reduce((result, step) => step(result), pieces);
    }
    case 'BertPreTokenizer':
      return splitWords;
    case 'ByteLevel':
      return byteLevel(flagOf(settings, 'add_prefix_space', true), flagOf(settings, 'use_regex', true));
    case 'CharDelimiterSplit': {
      const delimiter = textOf(settings, 'delimiter');
      const find = characterSpans((character) => character === delimiter);
      return (pieces) => splitPieces(pieces, find, 'Removed');
    }
    case 'Digits': {
      const behavior = flagOf(settings, 'individual_digits', false) ? 'Isolated' : 'Contiguous';
      return (pieces) => splitPieces(pieces, DIGITS, behavior);
    }
    case 'FixedLength':
      return fixedLength(settings);
    case 'Metaspace':
      return metaspace(settings);
    case 'Punctuation': {
      const behavior = readBehavior(settings.behavior ?? 'Isolated');
      return (pieces) => splitPieces(pieces, PUNCTUATION, behavior);
    }
    case 'Split': {
      const found = patternSpans(settings.pattern);
      const find = flagOf(settings, 'invert', false) ? inverted(found) : found;
      const behavior = readBehavior(settings.behavior);
      return (pieces) => splitPieces(pieces, find, behavior);
    }
    case 'UnicodeScripts':
      return (pieces) => pieces.flatMap(splitByScript);
    case 'Whitespace':
      return (pieces) => splitPieces(pieces, WORDS, 'Removed');
    case 'WhitespaceSplit':
      return (pieces) => splitPieces(pieces, BLANKS, 'Removed');
    default:
      throw unknownKind('pre-tokenizer', settings);
  }
}

const BLANKS = characterSpans(isWhitespace);
const PUNCTUATION = characterSpans(isPunctuation);
const DIGITS = characterSpans(isNumeric);
const WORDS = inverted(expressionSpans(new RegExp(`${WORD}+|[^${WORD.slice(1, -1)}\\p{White_Space}]+`, 'gu')));

function byteLevel(addsSpace: boolean, splits: boolean): PreTokenize {
  return (pieces) => {
    const spaced = addsSpace ? pieces.map((piece) => withPrefix(piece, ' ')) : pieces;
    return splits ? byteWords(spaced) : spaced.map((piece) => mapPiece(piece, toByteCharacters));
  };
}

/** What is put before a character counts as that character. */
function withPrefix(piece: Piece, prefix: string): Piece {
  const { text, fromFirst } = piece;
  if (text.startsWith(prefix)) return piece;
  return { text: prefix + text, fromFirst: fromFirst > 0 ? fromFirst + prefix.length : 0 };
}

function metaspace(settings: Settings): PreTokenize {
  const replacement = textOf(settings, 'replacement', '▁');
  const scheme = settings.prepend_scheme ?? (settings.add_prefix_space === false ? 'never' : 'always');
  if (scheme !== 'always' && scheme !== 'first' && scheme !== 'never')
    throw new UnsupportedTokenizer(`the prepend_scheme ${JSON.stringify(scheme)} of Metaspace is not known`);
  const find = characterSpans((character) => character === replacement);
  const splits = flagOf(settings, 'split', true);
  return (pieces) => {
    const spaced = pieces.map((piece) => {
      const replaced = mapPiece(piece, (text) => text.replaceAll(' ', replacement));
      return scheme === 'always' || (scheme === 'first' && piece.fromFirst > 0)
        ? withPrefix(replaced, replacement)
        : replaced;
    });
    return splits ? splitPieces(spaced, find, 'MergedWithNext') : spaced;
  };
}

function fixedLength(settings: Settings): PreTokenize {
  const length = Number(settings.length ?? 5);
  if (!Number.isInteger(length) || length < 1) throw new UnsupportedTokenizer('FixedLength has no length');
  const words = new RegExp(`[^]{1,${length}}`, 'gu');
  const find = expressionSpans(words);
  return (pieces) => splitPieces(pieces, find, 'Isolated');
}
