import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadEndpointModel } from '../../../src/lm/endpoint/openai.js';
import { requireCapability } from '../../../src/lm/load.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
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

  it('are asked for once per row, however many they are', async () => {
    const given = [
      'aa',
      'ab',
      'ac',
      'ad',
      'ae',
      'af',
      'ag',
      'ah',
      'ai',
      'ba',
      'bb',
      'bc',
      'bd',
      'be',
      'bf',
      'bg',
      'bh',
      'bi',
    ];
    service.speaks = (_, { top_logprobs }) => {
      const all = [['a', 0.5], ['aa', 0.2], ['buy', 0.1], ...Array.from({ length: 1200 }, (_, i) => [`x${i}`, 1e-5])];
      return [Object.fromEntries(all.slice(0, Number(top_logprobs)))];
    };
    const model = await loadEndpointModel('openai:tiny', service.settings());
    const scorer = requireCapability(model, 'labelScores');
    const template = parseTemplate('{input} {prompt}', { family: 'causal' });
    const words = [...given, 'buy', 'free', 'list', 'thanks'];
    const labels = scorer.resolveLabels(
      template,
      words.map((word, i) => ({ label: i % 2 ? 'spam' : 'ham', word })),
    );
    const since = service.requests.length;
    const rows = [[0, 0] as const, [0, 1] as const];
    const request = { template, prompts: ['x'], inputs: ['one', 'two'], labels, rows, normalise: 'none' as const };
    const scores = await scorer.labelScores(request);
    await model.dispose();
    expect(service.requests.length - since).toBe(2);
    const [aa = 0, ab = 0] = scores;
    expect(Math.exp(aa)).toBeCloseTo(0.2, 6);
    // The token "a" is another word, and no beginning of this one.
    expect(Math.exp(ab)).toBeCloseTo(1e-5, 9);
  });

  it('are refused where it does not return likely answers, and no folder is made', async () => {
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
