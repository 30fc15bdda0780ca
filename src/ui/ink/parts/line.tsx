import { Text } from 'ink';
import { createContext, type ReactNode, useContext } from 'react';
import { paint, type Span } from '../../draw/palette.js';
import { cutToWidth, widthOf } from '../../draw/text-width.js';

/** How lines are drawn: their width, and whether in colour. */
export interface Canvas {
  readonly width: number;
  readonly colour: boolean;
}

export const CanvasContext = createContext<Canvas>({ width: 80, colour: false });

/** One line of the screen. The only place that hands text to Ink: a span holds nothing but `SafeText`. */
export function Line({ spans }: { spans: readonly Span[] }): ReactNode {
  const { width, colour } = useContext(CanvasContext);
  const drawn = cutSpans(spans, width)
    .map((span) => paint(span, colour))
    .join('');
  // Ink collapses an empty text to no line at all.
  return <Text wrap="truncate">{drawn === '' ? ' ' : drawn}</Text>;
}

/** Lines from top to bottom. */
export function Lines({ lines }: { lines: readonly (readonly Span[])[] }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place
  return lines.map((spans, i) => <Line key={i} spans={spans} />);
}

function cutSpans(spans: readonly Span[], width: number): Span[] {
  let room = width;
  return spans.map((span) => {
    const text = cutToWidth(span.text, room);
    room -= widthOf(text);
    return { ...span, text };
  });
}
