import type { Span } from '../../draw/palette.js';
import { safeLine, safeText } from '../../draw/safe-text.js';
import { wrapText } from '../../draw/wrap-text.js';
import type { LogEntry } from '../../run-log.js';
import { LEVEL_STYLES } from './footer.js';

/** The messages in full, wrapped to `width` columns, the newest first, from the line that the arrows have come to. */
export function messageLines(
  log: readonly LogEntry[],
  { height, width, scrolled }: { readonly height: number; readonly width: number; readonly scrolled: number },
): Span[][] {
  const title = 'Messages, newest first. Arrows scroll, any other key closes them.';
  const lines = messageText(log, width);
  const room = Math.max(0, height - 1);
  const from = Math.min(scrolled, Math.max(0, lines.length - room));
  return [[{ text: safeText(title), style: 'strong' as const }], ...lines.slice(from, from + room)].slice(0, height);
}

/** The same without a limit of lines. */
export function messageText(log: readonly LogEntry[], width: number): Span[][] {
  if (log.length === 0) return [[{ text: safeText('none yet') }]];
  return log.toReversed().flatMap(({ step, level, text }) =>
    wrapText(text, Math.max(1, width - INDENT)).map((part, i): Span[] => [
      { text: safeLine`${i === 0 ? String(step).padStart(4) : '    '}  `, style: 'dim' },
      { text: safeText(part), style: LEVEL_STYLES[level] },
    ]),
  );
}

const INDENT = 6;
