import type { PromptInspection, PromptSummary } from '../../../events.js';
import type { ShownProgress } from '../../progress-watch.js';
import type { ScreenState } from '../../screen-state.js';
import type { KeyboardState } from '../input/press-key.js';

/** A prompt that is looked into, and what the run said of its rows so far. */
export interface InspectedPrompt {
  readonly prompt: PromptSummary;
  readonly inspection: PromptInspection | 'asked' | 'unknown';
}

/** What the board shows. */
export interface BoardProps {
  readonly state: ScreenState;
  readonly keyboard: KeyboardState;
  readonly elapsedSeconds: number;
  /** What the run is doing, and how far it is. */
  readonly progress: ShownProgress | undefined;
  /** The prompt that is looked into. */
  readonly inspected: InspectedPrompt | undefined;
  /** The prompt whose label words are being typed. */
  readonly edited: PromptSummary | undefined;
  /** How far services and workers are, a line each. */
  readonly remote: readonly string[];
  /** Whether the run can be steered; a replay cannot. */
  readonly steerable: boolean;
  /** Whether keys can be pressed at all. */
  readonly canPress: boolean;
}
