import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRewardModel, writeRewardModel } from '../../src/preferences/reward-model.js';
import { SMALL_REWARD_MODEL as MODEL } from './small-reward-model.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-reward-model-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the file of a reward model', () => {
  const path = join(folder, 'reward.json');
  const change = (from: string, to: string): void => {
    writeRewardModel(path, MODEL);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };

  it('reads back as it was written, also without the digest that earlier versions did not write', () => {
    writeRewardModel(path, MODEL);
    expect(readRewardModel(path)).toEqual(MODEL);
    writeFileSync(path, JSON.stringify(MODEL));
    expect(readRewardModel(path)).toEqual(MODEL);
  });

  it.each([
    ['a weight that was changed', '0.5,1', '0.5,2', /changed after it was written/],
    ['a weight that makes rewards infinite', '[0.5,1]', '[0.5,1e308]', /weights\.1 is above 1e\+30/],
    ['a scale of nothing', '"scale":[1,', '"scale":[0,', /scale\.0 is below 1e-30/],
    ['another version', '"schemaVersion":1', '"schemaVersion":2', /schemaVersion is not 1$/],
    ['its end cut off', '}', '', /it is not JSON, or was cut short/],
  ])('is refused with %s', (_, from, to, why) => {
    change(from, to);
    expect(() => readRewardModel(path)).toThrow(
      expect.objectContaining({ code: 'E_REWARD_MODEL', message: expect.stringMatching(why) }),
    );
  });
});
