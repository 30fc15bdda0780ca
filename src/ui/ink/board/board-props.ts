import type { ScreenState } from '../../screen-state.js';
import type { KeyboardState } from '../input/press-key.js';

/** What the board shows. */
export interface BoardProps {
  readonly state: ScreenState;
  readonly keyboard: KeyboardState;
  readonly elapsedSeconds: number;
  /** How far services and workers are, a line each. */
  readonly remote: readonly string[];
  /** Whether the run can be steered; a replay cannot. */
  readonly steerable: boolean;
  /** Whether keys can be pressed at all. */
  readonly canPress: boolean;
}
