import { describe, expect, it } from 'vitest';
import { INITIAL_SCREEN, reduceScreen } from '../../src/ui/screen-state.js';
import { finalSummary } from '../../src/ui/summary.js';
import { spamRun } from './fixtures/spam-run.js';

/** What stays in the scrollback, where no prompt had this score on dev. */
function summaryWith(emptyOnDev: number): string {
  const events = spamRun().map((event) => {
    if (event.type !== 'run-end') return event;
    const { baselines } = event.result;
    const empty = { ...baselines.empty, dev: { accuracy: emptyOnDev } };
    return { ...event, result: { ...event.result, baselines: { ...baselines, empty } } };
  });
  const lines = finalSummary(events.reduce(reduceScreen, INITIAL_SCREEN));
  return lines.map((spans) => spans.map(({ text }) => text).join('')).join('\n');
}

describe('the summary of a run', () => {
  it('explains why a prompt is recommended that scored lower on dev than no prompt', () => {
    expect(summaryWith(0.9)).toMatch(/Using no prompt scores higher on dev\..*rlprompt\s+help\s+order/s);
    expect(summaryWith(0.8)).not.toContain('No prompt at all');
  });
});
