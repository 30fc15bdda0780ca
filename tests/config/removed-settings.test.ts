import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentSettings } from '../../src/config/removed-settings.js';
import { completeRunConfig, resolveRunConfig } from '../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../src/config/run-config.js';
import { followRun } from '../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-removed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const runDir = join(folder, 'run');
const settings: RunConfigInput = { ...SMALL_RUN, task: writeSmallData(folder), out: runDir };
const manifestFile = join(runDir, 'run.json');

/** Makes the run one of a version that had these settings. */
function age(more: Readonly<Record<string, number>>): void {
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  writeFileSync(manifestFile, JSON.stringify({ ...manifest, config: { ...manifest.config, ...more } }));
}

/** How runs of earlier versions read answers that did not know these settings. */
const READ_AS_BEFORE = { calibrate: 'none', labelWords: 'given', demos: 0 };

describe('settings that earlier versions had', () => {
  beforeAll(async () => {
    await followRun(settings, {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 2) controls.stop('interrupted');
    });
  });

  it('are left out of the settings of an old run', () => {
    expect(currentSettings({ task: 'spam', offspring: 0.5, screening: 4 })).toEqual({
      task: 'spam',
      ...READ_AS_BEFORE,
    });
    // What was chosen stays.
    expect(currentSettings({ task: 'spam', calibrate: 'inputs' })).toEqual({
      task: 'spam',
      ...READ_AS_BEFORE,
      calibrate: 'inputs',
    });
  });

  it.each([
    [{ offspring: 0.5, screening: 0 }, 'offspring 0.5, and offspring (--offspring) was removed'],
    [{ offspring: 0, screening: 4 }, 'screening 4, and screening (--screen) was removed'],
  ])('are refused by name when a run that used them is resumed: %j', async (used, message) => {
    age(used);
    const { error, events } = await followRun(settings, { resume: runDir });
    expect(error).toMatchObject({ code: 'E_SETTING_REMOVED', exit: 'config' });
    expect(error!.message).toContain(message);
    expect(events).toEqual([]);
  });

  it('do not stand in the way of a run that had them off', async () => {
    age({ offspring: 0, screening: 0 });
    const { result, error, events } = await followRun(settings, { resume: runDir });
    expect(error).toBeUndefined();
    expect(events[0]).toMatchObject({ type: 'run-start', resumedAtStep: 2 });
    expect(result?.steps).toBe(SMALL_RUN.steps);
  });

  it('are no unknown words in a configuration: it is told that they were removed', () => {
    expect(() => resolveRunConfig({ flags: { task: 'spam' }, set: ['offspring=0.5'] })).toThrow('was removed');
    expect(() => completeRunConfig({ task: 'spam', screening: 4 } as RunConfigInput)).toThrow('was removed');
  });
});

it.each(['constructor', 'toString', 'hasOwnProperty'])('%s never was a setting', (key) => {
  expect(() => resolveRunConfig({ set: [`${key}=1`] })).toThrow(new RegExp(`unknown .*"${key}"`));
});
