import type { CliContext } from './context.js';

// JSON allows these in strings; a terminal that shows the result would obey or hide them.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON on one line, every control, bidi and zero-width character escaped. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSEEN, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** Puts a command's result on stdout. */
export function writeResult(context: CliContext, text: string): void {
  context.hasResult = true;
  context.stdout.write(text);
}
