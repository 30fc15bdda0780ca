import type { RunConfigInput } from '../src/config/run-config.js';
import type { RlpromptError } from '../src/errors.js';
import type { RunControls, RunEvent, RunResult } from '../src/events.js';
import { type OptimizeOptions, optimize } from '../src/optimize.js';

export interface FollowedRun {
  readonly events: RunEvent[];
  readonly result?: RunResult;
  readonly error?: RlpromptError;
}

/** Runs to the end, good or bad; `onEvent` may use the controls. */
export async function followRun(
  config: RunConfigInput,
  options: OptimizeOptions = {},
  onEvent: (event: RunEvent, controls: RunControls) => void = () => {},
): Promise<FollowedRun> {
  const events: RunEvent[] = [];
  let controls: RunControls | undefined;
  const run = optimize(config, {
    ...options,
    attach: (given) => {
      controls = given;
    },
  });
  try {
    for (let next = await run.next(); ; next = await run.next()) {
      if (next.done) return { events, result: next.value };
      events.push(next.value);
      onEvent(next.value, controls!);
    }
  } catch (error) {
    return { events, error: error as RlpromptError };
  }
}
