import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { configure } from '../../../src/cli/commands/results/top.js';
import type { CliContext } from '../../../src/cli/output/context.js';
import type { PromptSummary } from '../../../src/events.js';
import { EventLog, readEvents } from '../../../src/run/store/logs/event-log.js';
import { makeReportRun } from '../../report/report-run.js';

const PARTS = { task: 61.25, '\x1b[31mfluency': -7.5 };

/** A run whose prompts have parts, or more: its events rewritten. */
function runWithParts(more: Partial<PromptSummary> = { parts: PARTS }): string {
  const runDir = makeReportRun({ steps: 20 });
  const events = [...readEvents(runDir)];
  const log = EventLog.open(runDir, undefined);
  for (const { seq: _, ...event } of events) {
    if (event.type !== 'evaluation-end') log.append(event);
    else log.append({ ...event, prompts: event.prompts.map((prompt) => ({ ...prompt, ...more })) });
  }
  log.close();
  return runDir;
}

async function top(...args: string[]): Promise<string> {
  let shown = '';
  const stdout = { write: (text: string) => (shown += text) };
  const command = new Command();
  configure(command, { stdout } as unknown as CliContext);
  await command.parseAsync(args, { from: 'user' });
  return shown;
}

describe('top of a run with several objectives', () => {
  it('has a column for each objective, whose name cannot drive the terminal', async () => {
    const [, header, first] = (await top(runWithParts())).split('\n');
    expect(header).toMatch(/reward +task +\S+fluency +step/);
    expect(header).not.toContain('\x1b');
    expect(first).toMatch(/ 61\.25 +-7\.50 /);
  });

  it('tells the objective fluency from the measure', async () => {
    const [, header] = (await top(runWithParts({ parts: { fluency: -7.5 }, fluency: -3.2 }))).split('\n');
    expect(header).toMatch(/reward +fluency \(objective\) +fluency +step/);
  });

  it('gives them in JSON', async () => {
    const { prompts } = JSON.parse(await top(runWithParts(), '--json'));
    expect(prompts[0].parts).toEqual(PARTS);
  });
});
