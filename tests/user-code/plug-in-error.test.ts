import { describe, expect, it } from 'vitest';
import { RlpromptError } from '../../src/errors.js';
import { mayPass, plugInError } from '../../src/user-code/plug-in-error.js';

const mend = 'correct the reward, try it with: rlprompt tasks check <task>; then resume with --changed-task';

describe('a fault of a reward', () => {
  it('is told on one line, with the place and what to do', () => {
    const text = { message: 'it threw\n\x1b[31mred', where: 'task.mjs:2:1', stack: 'at deep' };
    expect(plugInError({ code: 'E_PLUGIN_THROW', ...text }, 'task.mjs', 'reward')).toMatchObject({
      code: 'E_PLUGIN_THROW',
      exit: 'internal',
      message: 'it threw \\x1b[31mred',
      where: 'task.mjs:2:1',
      cause: 'at deep',
      next: mend,
    });
  });

  it.each([
    ['E_PLUGIN_LOAD', 'config', 'rlprompt tasks check <task>'],
    [
      'E_PLUGIN_TIMEOUT',
      'internal',
      'make the reward faster, or give it longer: --reward-timeout SECONDS; then resume',
    ],
    ['E_PLUGIN_OOM', 'internal', 'keep less in memory between calls; then resume with --changed-task'],
    ['E_PLUGIN_NUMBER', 'internal', mend],
  ] as const)('%s is an error of kind %s', (code, exit, next) => {
    expect(plugInError({ code, message: 'm' }, 'task.mjs', 'reward')).toMatchObject({ exit, next, where: 'task.mjs' });
  });

  it('of an environment is for its author', () => {
    expect(plugInError({ code: 'E_PLUGIN_OOM', message: 'm' }, 'world.mjs', 'environment')).toMatchObject({
      where: 'world.mjs',
      next: 'correct the environment; then repeat the command',
    });
  });
});

it.each([
  ['configuration file', 'E_CONFIG', 'correct the file, or leave --config out'],
  ['task file', 'E_TASK_FILE', 'correct the task file; rlprompt tasks check tries it'],
] as const)('a fault of a %s is %s, whatever it was', (kind, code, next) => {
  const told = plugInError({ code: 'E_PLUGIN_EXIT', message: 'm' }, 'file.mjs', kind);
  expect(told).toMatchObject({ code, exit: 'config', next, where: 'file.mjs' });
});

describe('what may pass when the call is made once more', () => {
  const errorOf = (code: RlpromptError['code']) =>
    new RlpromptError({ code, exit: 'internal', message: 'm', next: 'n' });

  it.each(['THROW', 'TIMEOUT', 'EXIT', 'OOM', 'STRAY'] as const)('is E_PLUGIN_%s', (name) => {
    expect(mayPass(errorOf(`E_PLUGIN_${name}`))).toBe(true);
  });

  it('is no wrong answer, and no error of another kind', () => {
    const lasting = ['E_PLUGIN_NUMBER', 'E_PLUGIN_ANSWER', 'E_PLUGIN_LOAD'] as const;
    expect(lasting.map((code) => mayPass(errorOf(code)))).toEqual([false, false, false]);
    expect(mayPass(Object.assign(new Error('m'), { code: 'E_PLUGIN_THROW' }))).toBe(false);
  });
});
