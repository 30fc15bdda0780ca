import { describe, expect, it } from 'vitest';
import { loadInk } from '../../src/ui/load-ink.js';

const NAMES = ['NODE_ENV', 'CI', 'CONTINUOUS_INTEGRATION'];
const environment = () => NAMES.map((name) => process.env[name]);

async function whileLoading(given: Record<string, string>): Promise<(string | undefined)[]> {
  const before = { ...process.env };
  for (const name of NAMES) delete process.env[name];
  Object.assign(process.env, given);
  const atStart = environment();
  try {
    const seen = await loadInk(() => Promise.resolve(environment()));
    await expect(loadInk(() => Promise.reject(new Error('no such module')))).rejects.toThrow('no such module');
    expect(environment()).toEqual(atStart);
    return seen;
  } finally {
    for (const name of NAMES) delete process.env[name];
    Object.assign(process.env, before);
  }
}

describe('loading Ink', () => {
  it('takes the build that keeps no records, unless another was chosen', async () => {
    expect((await whileLoading({}))[0]).toBe('production');
    expect((await whileLoading({ NODE_ENV: 'development' }))[0]).toBe('development');
  });

  it('lets Ink draw where CI is set, and leaves the environment as it was', async () => {
    for (const CI of ['true', '', 'woodpecker'])
      expect((await whileLoading({ CI })).slice(1)).toEqual(['false', 'false']);
  });
});
