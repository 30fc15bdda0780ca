import { RlpromptError } from '../../errors.js';
import { hasTimedOut, withinTime } from './within-time.js';

/** Patterns of well-known tokenizers, which take time in proportion to a text's length. */
const KNOWN_PATTERNS = new Set([
  // GPT-2 and its kin
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  // Llama 3, cl100k
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  // Qwen 2
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
]);

const DEADLINE_MS = 2000;
/** A long text may take longer. */
const MS_PER_CHARACTER = 0.1;

/** Runs something about a text of a length, at most for the time that it should take. */
export type Deadline = <T>(call: () => T, length: number) => T;

/**
 * A regular expression in a tokenizer's file can take time that doubles with each character. Patterns that are not among
 * the well-known ones therefore run under a deadline; the engine stops them in the middle of a match.
 *
 * @param definition the content of tokenizer.json
 * @param where its path
 */
export function tokenizerDeadline(definition: Readonly<Record<string, unknown>>, where: string): Deadline {
  const { model: _, added_tokens: __, ...rules } = definition;
  const unknown = patternsIn(rules).find((pattern) => !KNOWN_PATTERNS.has(pattern));
  if (unknown === undefined) return (call) => call();
  return (call, length) => {
    const timeout = DEADLINE_MS + Math.ceil(length * MS_PER_CHARACTER);
    try {
      return withinTime(call, timeout);
    } catch (error) {
      if (!hasTimedOut(error)) throw error;
      throw hangs(unknown, timeout, where);
    }
  };
}

function patternsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const nested = Object.values(value).flatMap(patternsIn);
  return 'Regex' in value && typeof value.Regex === 'string' ? [value.Regex, ...nested] : nested;
}

function hangs(pattern: string, timeout: number, where: string): RlpromptError {
  const shown = JSON.stringify(pattern.length > 60 ? `${pattern.slice(0, 59)}…` : pattern);
  return new RlpromptError({
    code: 'E_TOKENIZER_HANG',
    exit: 'data',
    message: `the tokenizer did not end within ${timeout} ms; one of its patterns is ${shown}`,
    where,
    next: 'use the tokenizer.json that came with the model, or one whose patterns do not repeat a repetition',
  });
}
