import { describe, expect, it } from 'vitest';
import { withCurrentNames } from '../../src/cli/options/former-names.js';
import { flagName } from '../../src/config/config-layers.js';
import { currentSettings } from '../../src/config/removed-settings.js';
import { RENAMED_SETTINGS } from '../../src/config/renamed-settings.js';
import { completeRunConfig, resolveRunConfig } from '../../src/config/resolve-run-config.js';
import { RUN_CONFIG_KEYS, type RunConfigInput } from '../../src/config/run-config.js';

const OLD = { terms: { task: 1, fluency: 2 }, memory: true, memoryPrompts: 3, redraws: 1, calibrate: 'null' };
const NEW = {
  objectives: { task: 1, fluency: 2 },
  promptLibrary: true,
  libraryPrompts: 3,
  resampling: 1,
  calibrate: 'content-free',
};

describe('settings by the names of version 0.1', () => {
  it('have flags and keys of today, and no former name is used for something else', () => {
    for (const { key, flag, formerKey } of RENAMED_SETTINGS) {
      expect(flagName(key)).toBe(flag);
      expect(RUN_CONFIG_KEYS).not.toContain(formerKey);
    }
  });

  it('are read from old runs, programs, files, --set and variables', () => {
    expect(currentSettings({ task: 'spam', ...OLD })).toMatchObject({ task: 'spam', ...NEW });
    expect(completeRunConfig({ task: 'spam', ...OLD } as unknown as RunConfigInput)).toMatchObject(NEW);
    const flags = { task: 'spam' };
    const values = { terms: { fluency: 2 }, memory: true, memoryPrompts: 3, redraws: 1, calibrate: 'null' };
    const file = { name: 'c.yaml', directory: '/', values, locate: () => 'c.yaml' };
    expect(resolveRunConfig({ flags, file }).config).toMatchObject(NEW);
    const set = ['terms=fluency=2', 'memory=true', 'memory-prompts=3', 'redraws=1', 'calibrate=null'];
    expect(resolveRunConfig({ flags, set }).config).toMatchObject(NEW);
    const env = {
      RLPROMPT_TERMS: 'fluency=2',
      RLPROMPT_MEMORY: 'true',
      RLPROMPT_MEMORY_PROMPTS: '3',
      RLPROMPT_REDRAWS: '1',
      RLPROMPT_CALIBRATE: 'null',
    };
    const { config, sources } = resolveRunConfig({ flags, env });
    expect(config).toMatchObject(NEW);
    expect(sources.libraryPrompts).toBe('RLPROMPT_MEMORY_PROMPTS');
    expect(resolveRunConfig({ flags: { ...flags, calibrate: 'null' } }).config.calibrate).toBe('content-free');
  });

  it('give way to the variable of today where both are there', () => {
    const env = { RLPROMPT_REDRAWS: '1', RLPROMPT_RESAMPLING: '2' };
    expect(resolveRunConfig({ flags: { task: 'spam' }, env }).config.resampling).toBe(2);
  });

  it('are flags and commands of today on a command line, up to --', () => {
    const typed = ['run', 'spam', '--term', 'fluency=1', '--term=length=0', '--no-memory', '--memory-prompts', '2'];
    expect(withCurrentNames([...typed, '--max-memory', '1G', '--', '--term'])).toEqual([
      ...['run', 'spam', '--objective', 'fluency=1', '--objective=length=0', '--no-prompt-library'],
      ...['--library-prompts', '2', '--max-memory', '1G', '--', '--term'],
    ]);
    expect(withCurrentNames(['memory', 'list'])).toEqual(['prompt-library', 'list']);
    expect(withCurrentNames(['help', 'memory'])).toEqual(['help', 'memory']);
    expect(withCurrentNames(['run', 'memory'])).toEqual(['run', 'memory']);
  });
});
