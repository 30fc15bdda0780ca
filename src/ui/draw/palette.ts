import type { SafeText } from './safe-text.js';

/** What a piece of text means; the palette decides how that looks. */
export type Style =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'title'
  | 'good'
  | 'warn'
  | 'bad'
  | 'cursor'
  | 'mean'
  | 'best'
  | 'score';

/** A piece of a line. */
export interface Span {
  readonly text: SafeText;
  readonly style?: Style;
}

const GRAPHIC_RENDITIONS: Readonly<Record<Style, readonly [on: string, off: string] | undefined>> = {
  plain: undefined,
  dim: ['2', '22'],
  strong: ['1', '22'],
  title: ['1;36', '22;39'],
  good: ['32', '39'],
  warn: ['33', '39'],
  bad: ['31', '39'],
  cursor: ['7', '27'],
  mean: ['36', '39'],
  best: ['32', '39'],
  score: ['35', '39'],
};

/** The text with the escape codes of its style, or as it is where colour is off. */
export function paint({ text, style = 'plain' }: Span, colour: boolean): string {
  const codes = GRAPHIC_RENDITIONS[style];
  if (!codes || text === '') return text;
  // The caret of a text field must be seen without colours too; inverse video is no colour.
  if (!colour && style !== 'cursor') return text;
  return `\u001B[${codes[0]}m${text}\u001B[${codes[1]}m`;
}

/** Whether to colour what goes to `stream`: `FORCE_COLOR` decides, else `NO_COLOR`, else whether a terminal shows it. */
export function wantsColour(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR) return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}
