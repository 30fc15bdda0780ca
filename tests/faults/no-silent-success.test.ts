import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { lastLine, runCli } from '../cli/spawn-cli.js';

const STUB = join(import.meta.dirname, 'stubs/stub-command.mjs');

async function withAction(command: string, action: string) {
  const env = { STUB_COMMAND: command, STUB_ACTION: action };
  const { code, stdout, stderr } = await runCli([command], { nodeFlags: ['--import', STUB], env });
  return { code, stdout, said: lastLine(stderr) };
}

const own = COMMANDS.map(({ name }) => name).filter((name) => name !== 'complete');

it.each(own)('%s whose promise never settles ends with 70', async (command) => {
  const ended = await withAction(command, 'await new Promise(() => {});');
  expect(ended).toEqual({ code: 70, stdout: '', said: expect.stringMatching(/^rlprompt: E_NO_END: /) });
});

it.each([
  ['throws a string', 'throw "what";', 'E_INTERNAL: thrown: what'],
  ['throws nothing', 'throw undefined;', 'E_INTERNAL: thrown: undefined'],
  ['ends the process', 'process.exit(0);', 'E_NO_END'],
  [
    'leaves a rejection',
    'Promise.reject("late"); await new Promise((r) => setTimeout(r, 50));',
    'E_INTERNAL: thrown: late',
  ],
  [
    'throws out of reach',
    'setTimeout(() => { throw "far"; }); await new Promise((r) => setTimeout(r, 50));',
    'E_INTERNAL: thrown: far',
  ],
])('a command that %s ends with 70', async (_what, action, line) => {
  for (const command of ['run', 'top', 'predict']) {
    const ended = await withAction(command, action);
    expect(ended).toEqual({ code: 70, stdout: '', said: expect.stringMatching(new RegExp(`^rlprompt: ${line}`)) });
  }
});
