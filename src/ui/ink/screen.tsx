import { Box } from 'ink';
import { type ReactNode, useMemo } from 'react';
import { type Layout, layoutFor } from '../layout.js';
import type { Span } from '../palette.js';
import type { ScreenState } from '../screen-state.js';
import { chartLines } from './charts.js';
import { footerLine, logLines } from './footer.js';
import { headerLines } from './header.js';
import { healthLines } from './health.js';
import { helpLines } from './help.js';
import { CanvasContext, Lines } from './line.js';
import type { KeyboardState } from './press-key.js';
import { promptLines } from './prompts.js';

/** What the board shows. */
export interface BoardProps {
  readonly state: ScreenState;
  readonly keyboard: KeyboardState;
  readonly elapsedSeconds: number;
  /** Whether the run can be steered; a replay cannot. */
  readonly steerable: boolean;
  /** Whether keys can be pressed at all. */
  readonly canPress: boolean;
}

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
  if (board.keyboard.mode === 'help') return helpLines(room, board.steerable);
  const charts = chartLines(board.state, layout.chart, width);
  const gap: Span[][] = layout.gaps && charts.length > 0 ? [[]] : [];
  return [...charts, ...gap, ...promptLines(board.state, layout.prompts, width)];
}

/** Parts keep their height while their content comes and goes, so that nothing jumps. */
function fill(lines: readonly Span[][], height: number): Span[][] {
  return Array.from({ length: height }, (_, i) => lines[i] ?? []);
}
