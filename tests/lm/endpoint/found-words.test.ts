import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followRun } from '../../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';
import { FakeService } from './fake-service.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-found-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let service: FakeService;
beforeEach(async () => {
  // The words given to the labels say nothing of the text; two others do.
  service = await FakeService.start((text) => {
    const isSpam = /today|click|Last/.test(text);
    return [{ free: 0.1, list: 0.1, buy: isSpam ? 0.4 : 0.05, thanks: isSpam ? 0.05 : 0.4 }];
  });
});
afterEach(() => service.close());

const run = (out: string) =>
  followRun({
    ...SMALL_RUN,
    task: writeSmallData(folder),
    target: 'openai:tiny',
    endpoint: service.endpoint,
    labelWords: 'found',
    labelWordsCount: 1,
    out: join(folder, out),
  });

describe('label words found among what a service answers', () => {
  it('read its answers where the given words say nothing, and the run says what it could not see', async () => {
    const { events, result, error } = await run('found');
    expect(error).toBeUndefined();
    expect(result?.best.classifier?.words).toEqual([
      { label: 'ham', words: ['thanks'] },
      { label: 'spam', words: ['buy'] },
    ]);
    expect(result?.best.test.accuracy).toBe(1);
    expect(JSON.stringify(events)).toContain('among the 20 likeliest tokens that openai:tiny tells');
  });

  it('are refused where it tells no likely answers, and no folder is made', async () => {
    service.givesLogProbs = false;
    const { error } = await run('mute');
    expect(error).toMatchObject({
      code: 'E_FOUND_WORDS',
      exitCode: 78,
      message: expect.stringContaining('openai:tiny'),
    });
    expect(existsSync(join(folder, 'mute'))).toBe(false);
  });
});
