import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/events.js';
import { INITIAL_SCREEN, reduceScreen } from '../../src/ui/screen-state.js';
import { finalSummary } from '../../src/ui/summary.js';
import { spamRun } from './fixtures/spam-run.js';

/** What stays in the scrollback, where no prompt had this score on dev. */
function summaryWith(emptyOnDev: number): string {
  return summaryOf(
    spamRun().map((event) => {
      if (event.type !== 'run-end') return event;
      const { baselines } = event.result;
      const empty = { ...baselines.empty, dev: { accuracy: emptyOnDev } };
      return { ...event, result: { ...event.result, baselines: { ...baselines, empty } } };
    }),
  );
}

function summaryOf(events: readonly RunEvent[]): string {
  const lines = finalSummary(events.reduce(reduceScreen, INITIAL_SCREEN));
  return lines.map((spans) => spans.map(({ text }) => text).join('')).join('\n');
}

describe('the summary of a run', () => {
  it('explains why a prompt is recommended that scored lower on dev than no prompt', () => {
    expect(summaryWith(0.9)).toMatch(/Using no prompt scores higher on dev\..*rlprompt\s+help\s+order/s);
    expect(summaryWith(0.8)).not.toContain('Using no prompt');
  });

  it('says where dev and test were read by other words', () => {
    const events = spamRun();
    expect(summaryOf(events)).not.toContain('chosen again');
    const { best } = events.flatMap((event) => (event.type === 'run-end' ? event.result : []))[0]!;
    const refit = events.map((event) => {
      if (event.type !== 'evaluation-end') return event;
      const prompts = event.prompts.map((prompt) =>
        prompt.text === best.prompt ? { ...prompt, refit: { accuracy: 1 } } : prompt,
      );
      return { ...event, prompts };
    });
    expect(summaryOf(refit)).toMatch(/label words were chosen again/);
  });
});
