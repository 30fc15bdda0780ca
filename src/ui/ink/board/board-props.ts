import type { ShownProgress } from '../../progress-watch.js';
import type { ScreenState } from '../../screen-state.js';
import type { KeyboardState } from '../input/press-key.js';

/** What the board shows. */
export interface BoardProps {
  readonly state: ScreenState;
  readonly keyboard: KeyboardState;
  readonly elapsedSeconds: number;
  /** What the run is doing, and how far it is. */
  readonly progress: ShownProgress | undefined;
  /** How far services and workers are, a line each. */
  readonly remote: readonly string[];
  /** Whether the run can be steered; a replay cannot. */
  readonly steerable: boolean;
  /** Whether keys can be pressed at all. */
  readonly canPress: boolean;
}
