import { isWhitespace, trimEnd, trimStart, WORD } from './shared/characters.js';
import { inUnicode16 } from './shared/older-unicode.js';

/** A token that is cut out of a text before anything else happens to it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only where no other character of a word is beside it. */
  readonly single_word?: boolean;
  /** Takes the blanks before it. */
  readonly lstrip?: boolean;
  /** Takes the blanks after it. */
  readonly rstrip?: boolean;
  /** It is looked for in the normalized text. */
  readonly normalized?: boolean;
  readonly special?: boolean;
}

/** A range of a text that is an added token, or none. */
export interface Section {
  readonly start: number;
  readonly end: number;
  readonly token?: AddedToken;
}

/** Looking for this many characters in a text is quicker than looking at each of its characters. */
const FEW_BEGINNINGS = 4;

/** Cuts a text at added tokens: the leftmost, and of those the longest, as the Rust library searches. */
export class AddedTokens {
  private readonly root: TrieNode = { next: new Map() };
  /** What a token begins with, where that is quickly looked for in a whole text. */
  private readonly beginnings: readonly string[] | undefined;

  /** @param tokens each with the spelling to look for */
  constructor(tokens: readonly (readonly [spelling: string, token: AddedToken])[]) {
    for (const [spelling, token] of tokens) {
      let node = this.root;
      for (let i = 0; i < spelling.length; i++) {
        const code = spelling.charCodeAt(i);
        let next = node.next.get(code);
        if (!next) {
          next = { next: new Map() };
          node.next.set(code, next);
        }
        node = next;
      }
      node.token ??= token;
    }
    const beginnings = Array.from(this.root.next.keys(), (code) => String.fromCharCode(code));
    this.beginnings = beginnings.length <= FEW_BEGINNINGS ? beginnings : undefined;
  }

  split(text: string): Section[] {
    if (this.beginnings?.every((beginning) => !text.includes(beginning))) return [{ start: 0, end: text.length }];
    const sections: Section[] = [];
    let done = 0;
    for (let at = 0; at < text.length; ) {
      const match = this.longestAt(text, at);
      if (!match) {
        at++;
        continue;
      }
      const { token, end: matchEnd } = match;
      const from = at;
      at = matchEnd;
      if (token.single_word && (endsInWord(text.slice(0, from)) || beginsWithWord(text.slice(matchEnd)))) continue;
      const start = token.lstrip ? Math.max(trimEnd(text.slice(0, from)).length, done) : from;
      const end = token.rstrip ? text.length - trimStart(text.slice(matchEnd)).length : matchEnd;
      if (done < start) sections.push({ start: done, end: start });
      // A token of blanks may have been taken whole by the one before it.
      if (start < end) sections.push({ start, end, token });
      done = end;
    }
    if (done < text.length) sections.push({ start: done, end: text.length });
    return sections;
  }

  private longestAt(text: string, start: number): { token: AddedToken; end: number } | undefined {
    let node: TrieNode | undefined = this.root;
    let found: { token: AddedToken; end: number } | undefined;
    for (let at = start; at < text.length; at++) {
      node = node.next.get(text.charCodeAt(at));
      if (!node) break;
      if (node.token) found = { token: node.token, end: at + 1 };
    }
    return found;
  }
}

interface TrieNode {
  readonly next: Map<number, TrieNode>;
  token?: AddedToken;
}

const BEGINS_WITH_WORD = new RegExp(`^${WORD}`, 'u');
const ENDS_IN_WORD = new RegExp(`${WORD}$`, 'u');

function beginsWithWord(text: string): boolean {
  return BEGINS_WITH_WORD.test(inUnicode16(text.slice(0, 2)));
}

function endsInWord(text: string): boolean {
  return !isWhitespace(text.slice(-1)) && ENDS_IN_WORD.test(inUnicode16(text.slice(-2)));
}
