import { describe, expect, it } from 'vitest';
import { runConfigJsonSchema } from '../../src/config/json-schema.js';
import { completeRunConfig, resolveRunConfig } from '../../src/config/resolve-run-config.js';

const read = (flags: Record<string, string>) => resolveRunConfig({ flags: { task: 'spam', ...flags } });

describe('the length of prompts', () => {
  it('is one number, or a range whose longest and shortest become two settings', () => {
    expect(completeRunConfig({ task: 'spam' })).toMatchObject({ promptLength: 5 });
    expect(completeRunConfig({ task: 'spam' }).minPromptLength).toBeUndefined();
    const { config, sources } = read({ promptLength: '3..20' });
    expect(config).toMatchObject({ promptLength: 20, minPromptLength: 3 });
    expect(sources).toMatchObject({ promptLength: '--prompt-length', minPromptLength: '--prompt-length' });
    expect(completeRunConfig({ task: 'spam', promptLength: '3..20' })).toEqual(
      completeRunConfig({ task: 'spam', promptLength: 20, minPromptLength: 3 }),
    );
  });

  it('is as the strongest source says', () => {
    const env = { RLPROMPT_PROMPT_LENGTH: '3..20' };
    const { config } = resolveRunConfig({ flags: { task: 'spam', promptLength: '7' }, env });
    expect(config.promptLength).toBe(7);
    expect(config.minPromptLength).toBeUndefined();
    expect(resolveRunConfig({ flags: { task: 'spam' }, env }).config).toMatchObject({ minPromptLength: 3 });
  });

  it('is refused where a range and the shortest contradict each other', () => {
    const given = { promptLength: '2..5', minPromptLength: '4' };
    expect(() => read(given)).toThrow('minPromptLength 4 contradicts promptLength 2..5');
    expect(read({ ...given, minPromptLength: '2' }).config).toMatchObject({ promptLength: 5, minPromptLength: 2 });
  });

  it.each(['3..', '..5', '3..2000', '0..5', '3-5', '3...5', 'x', '65'])('is refused as %s', (promptLength) => {
    expect(() => read({ promptLength })).toThrow(/romptLength: got "?.*, expected/);
  });

  it.each([
    [{ promptLength: '9..3' }, 'minPromptLength 9 is more than promptLength 3'],
    [{ promptLength: '3..9', trainer: 'evolution' }, 'minPromptLength needs a trainer whose policy ends its prompts'],
    [{ promptLength: '3..9', trainer: 'sparse-q-learning' }, '; not sparse-q-learning'],
    [{ promptLength: '3..9', trainer: 'reinforce' }, '--prior-beta 1'],
    [{ promptLength: '3..9', preset: 'raw' }, '--prior-beta 1'],
    [
      { promptLength: '3..9', trainer: 'ppo', priorBeta: 1, actions: ['a', 'b'] },
      'minPromptLength is for free tokens, not for actions',
    ],
  ] as const)('%j is refused', (given, message) => {
    expect(() => completeRunConfig({ task: 'spam', ...given } as Parameters<typeof completeRunConfig>[0])).toThrow(
      message,
    );
  });

  it('may be a range for every trainer whose policy has a prior, or is one', () => {
    for (const trainer of ['log-variance', 'soft-q-learning', 'reinforce', 'ppo'] as const) {
      const given = { task: 'spam', trainer, priorBeta: 1, promptLength: '3..9' };
      expect(completeRunConfig(given).minPromptLength).toBe(3);
    }
    expect(completeRunConfig({ task: 'spam', trainer: 'best-of-n', promptLength: '3..9' }).priorBeta).toBe(0);
  });

  it('may be a range in a configuration file', () => {
    const { properties } = runConfigJsonSchema() as { properties: Record<string, { anyOf?: { type: string }[] }> };
    expect(properties.promptLength?.anyOf?.map(({ type }) => type)).toEqual(['integer', 'string']);
  });
});
