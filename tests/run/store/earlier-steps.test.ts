import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { followRun } from '../../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-earlier-steps-'));
const killed = join(folder, 'killed');
let settings: RunConfigInput;

/** A run whose last steps are in its log and in no checkpoint, as after a kill. */
beforeAll(async () => {
  settings = { ...SMALL_RUN, task: writeSmallData(folder), steps: 4, checkpointEvery: 2 };
  await followRun({ ...settings, out: killed }, {}, (event) => {
    if (event.type === 'step-end' && event.step === 4) cpSync(killed, `${killed}-at-4`, { recursive: true });
  });
});

/** The warnings of a resumed copy, whose log was changed in one place. */
async function resumedWith(name: string, from: RegExp, to: string, more: Partial<RunConfigInput> = {}) {
  const out = join(folder, name);
  cpSync(`${killed}-at-4`, out, { recursive: true, filter: (file) => !file.endsWith('lock') });
  const log = join(out, 'events.jsonl');
  const text = readFileSync(log, 'utf8');
  expect(text).toMatch(from);
  writeFileSync(log, text.replace(from, to));
  const { events, error } = await followRun({ ...settings, ...more, out }, { resume: out });
  expect(error).toBeUndefined();
  return events.flatMap((event) => (event.type === 'warning' && event.code === 'not-repeated' ? [event.message] : []));
}

describe('steps that are made again after an interruption', () => {
  const third = /("type":"step-end","step":3,.*?"rewardMean":)[^,]*/;

  it('come out as they were, and nothing is said', async () => {
    expect(await resumedWith('same', third, '$&')).toEqual([]);
  });

  it('are compared with the log: step and field of the first that differs are told, once', async () => {
    const [message, ...others] = await resumedWith('altered', third, '$1-1234.5');
    expect(message).toMatch(/^step 3 came out otherwise .*: rewardMean was -1234\.5 and is -?\d/);
    expect(others).toEqual([]);
  });

  it('may differ where the run goes on with another limit', async () => {
    expect(await resumedWith('longer', third, '$1-1234.5', { steps: 5 })).toEqual([]);
  });
});
