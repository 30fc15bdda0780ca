import { Box } from 'ink';
import { type ReactNode, useMemo } from 'react';
import { type Layout, layoutFor } from '../../draw/layout.js';
import type { Span } from '../../draw/palette.js';
import { CanvasContext, Lines } from '../parts/line.js';
import type { BoardProps } from './board-props.js';
import { chartLines } from './charts.js';
import { footerLine, isOffered, logLines } from './footer.js';
import { headerLines } from './header.js';
import { healthLines } from './health-lines.js';
import { helpLines, wordLines } from './help.js';
import { inspectionLines } from './inspection.js';
import { messageLines } from './messages.js';
import { promptLines } from './prompts.js';

export interface ScreenProps extends BoardProps {
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
}

/** The whole screen: fewer lines than the terminal has rows, none wider than its columns. */
export function Screen({ columns, rows, colour, ...board }: ScreenProps): ReactNode {
  const layout = layoutFor(columns, rows);
  const margin = columns >= 60 ? 1 : 0;
  const width = Math.max(0, columns - 2 * margin);
  const canvas = useMemo(() => ({ width, colour }), [width, colour]);
  return (
    <CanvasContext.Provider value={canvas}>
      <Box flexDirection="column" paddingLeft={margin}>
        <Lines lines={boardLines(board, layout, width)} />
      </Box>
    </CanvasContext.Provider>
  );
}

function boardLines(board: BoardProps, layout: Layout, width: number): Span[][] {
  const gap: Span[][] = layout.gaps ? [[]] : [];
  const top = headerLines(board, layout.header, width);
  const bottom = [
    ...fill(healthLines(board.state, layout.health, width), layout.health),
    ...fill(logLines(board, layout.log), layout.log),
    ...(layout.footer ? [footerLine(board, width, layout.log > 0)] : []),
  ];
  const room = Math.max(0, layout.height - top.length - bottom.length);
  return [...top, ...fill([...gap, ...middleLines(board, layout, width, room)], room), ...bottom].slice(
    0,
    layout.height,
  );
}

function middleLines(board: BoardProps, layout: Layout, width: number, room: number): Span[][] {
  if (board.keyboard.mode === 'help') return helpLines(room, board.steerable, (key) => isOffered(key, board.state));
  if (board.keyboard.mode === 'words') return wordLines(room);
  if (board.keyboard.mode === 'messages')
    return messageLines(board.state.log, { height: room, width, scrolled: board.keyboard.scrolled });
  if (board.inspected) return inspectionLines(board.inspected, { ...board, height: room, width });
  const charts = chartLines(board, layout.chart, width);
  const gap: Span[][] = layout.gaps && charts.length > 0 ? [[]] : [];
  return [...charts, ...gap, ...promptLines(board, layout.prompts, width)];
}

/** Parts keep their height while their content comes and goes, so that nothing jumps. */
function fill(lines: readonly Span[][], height: number): Span[][] {
  return Array.from({ length: height }, (_, i) => lines[i] ?? []);
}
