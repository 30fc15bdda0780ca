import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compileProgram } from '../compile-program.js';
import { hasTerminals, inTerminal } from '../in-terminal.js';

const base = mkdtempSync(join(tmpdir(), 'rlprompt-demo-'));
const DEMO = compileProgram('tests/ui/demo.ts', base);

afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Session {
  output: string;
  log: string[];
}

/** Runs the demo in a pseudo-terminal and presses keys, each when the text before it was drawn. */
async function session(keys: readonly (readonly [shown: string, key: string])[], args: string): Promise<Session> {
  const folder = mkdtempSync(join(tmpdir(), 'rlprompt-terminal-'));
  const log = join(folder, 'log');
  const command = `stty -g > ${folder}/before; ${process.execPath} ${DEMO} ${args} 2>&1; stty -g > ${folder}/after`;
  const { output } = await inTerminal(command, keys, { env: { DEMO_LOG: log } });
  const settings = ['before', 'after'].map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(settings[1]).toBe(settings[0]);
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  rmSync(folder, { recursive: true });
  return { output, log: lines };
}

// Starting the demo takes long where other tests run beside it.
describe.skipIf(!hasTerminals)(
  'in a real terminal (skipped where util-linux `script` is missing)',
  { timeout: 180_000 },
  () => {
    it('a run is drawn to its end and leaves cursor, modes and a summary behind', async () => {
      const { output, log } = await session([], '1000 40');
      expect(log).toEqual(['closed']);
      expect(output.lastIndexOf('\u001B[?25h')).toBeGreaterThan(output.lastIndexOf('\u001B[?25l'));
      expect(output).toContain('dev accuracy');
      expect(output).not.toContain('\u001B[3J');
      expect(output).not.toContain('\u001B[?1049h');
    });

    it('keys reach the run, and a stop leaves the command that resumes', async () => {
      const { output, log } = await session(
        [
          ['save and quit', 's'],
          ['checkpoint saved', 't'],
          ['your prompt', 'is it spam\r'],
          ['prompt added', 'q'],
        ],
        '4 200',
      );
      expect(log).toEqual(['save', 'prompt is it spam', 'stop user', 'closed']);
      expect(output).toMatch(/resume with {3}rlprompt resume runs\/spam-20260301-101500\r?\n(?:\u001B\[\?25h)?$/);
    });

    it('Ctrl-C in raw mode asks for a stop', async () => {
      const { log } = await session([['save and quit', '\u0003']], '4 200');
      expect(log).toEqual(['stop interrupted', 'closed']);
    });

    it('Ctrl-Z suspends the whole job, as npm start is one, and fg brings the keys back', async () => {
      const log = join(base, 'suspended');
      const job = `sh -c "${process.execPath} ${DEMO} 4 200; exit"`;
      const { output } = await inTerminal(
        `bash --norc -mc '${job}; echo the shell again; fg'`,
        [
          ['save and quit', '\u001A'],
          ['the shell again', ''],
          ['save and quit', 's'],
          ['checkpoint saved', 'q'],
        ],
        { env: { DEMO_LOG: log } },
      );
      expect(output).toContain('the shell again');
      expect(readFileSync(log, 'utf8')).toBe('save\nstop user\nclosed\n');
    });

    it('Ctrl-Z where no shell waits for the job takes no keys away', async () => {
      const { log } = await session(
        [
          ['save and quit', '\u001A?'],
          ['? explains the words', ' s'],
          ['checkpoint saved', 'q'],
        ],
        '4 200',
      );
      expect(log).toEqual(['save', 'stop user', 'closed']);
    });
  },
);
