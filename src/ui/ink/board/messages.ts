import type { Span } from '../../draw/palette.js';
import { safeLine, safeText } from '../../draw/safe-text.js';
import { wrapText } from '../../draw/wrap-text.js';
import type { LogEntry } from '../../run-log.js';
import { LEVEL_STYLES } from './footer.js';

/** The newest messages in full, wrapped to `width` columns, oldest first; as many as `height` lines hold. */
export function messageLines(log: readonly LogEntry[], height: number, width: number): Span[][] {
  const title: Span[] = [{ text: safeText('Messages, newest last. Any key closes them.'), style: 'strong' }];
  if (log.length === 0) return [title, [{ text: safeText('none yet') }]].slice(0, height);
  const lines = log.flatMap(({ step, level, text }) =>
    wrapText(text, Math.max(1, width - INDENT)).map((part, i): Span[] => [
      { text: safeLine`${i === 0 ? String(step).padStart(4) : '    '}  `, style: 'dim' },
      { text: safeText(part), style: LEVEL_STYLES[level] },
    ]),
  );
  const room = Math.max(0, height - 1);
  return [title, ...(room > 0 ? lines.slice(-room) : [])].slice(0, height);
}

const INDENT = 6;
