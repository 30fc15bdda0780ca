import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasTerminals, inTerminal } from '../../in-terminal.js';
import { BIN, emptyFolder } from '../spawn-cli.js';

const ENTER = '\r';
/** What only a question without an answer shows. */
const UNANSWERED = '(Enter)';

/** Reviews with columns that need to be named, and a file that is not data. */
function reviews(): string {
  const cwd = emptyFolder();
  const rows = Array.from(
    { length: 20 },
    (_, i) => `${i},call me now about offer ${i} of the year,bad\n${i},see you at ${i},good`,
  );
  writeFileSync(join(cwd, 'reviews.csv'), `id,what was said,verdict\n${rows.join('\n')}\n`);
  writeFileSync(join(cwd, 'package.json'), '{}');
  return cwd;
}

const wizard = (cwd: string, keys: Parameters<typeof inTerminal>[1]) =>
  inTerminal(`${process.execPath} ${BIN}`, keys, { cwd, env: { HOME: emptyFolder() } });

describe.skipIf(!hasTerminals)('the questions of a first run', { timeout: 120_000 }, () => {
  it('have answers that lead to a run', async () => {
    const cwd = reviews();
    const { output, code } = await wizard(cwd, [
      [UNANSWERED, ENTER],
      [UNANSWERED, ENTER],
      [UNANSWERED, ENTER],
      [UNANSWERED, ENTER],
      [UNANSWERED, ENTER],
      ['save and quit', 'q'],
    ]);
    expect(output).toMatch(/Your data .*reviews\.csv/);
    // A sentence that is longer than the terminal is wide is broken between words.
    expect(output).toMatch(/^tokens: .{1,72}\r?\n\w.*longer\r?$/m);
    // A long cell of the last column goes on below, in its column.
    expect(output).toMatch(/^what was said .{30,}\r?\n {40,}\S/m);
    expect(output).toContain(
      ' run reviews.csv --text-column "what was said" --label-column verdict --shots 6 --preset quick',
    );
    expect(readdirSync(join(cwd, 'runs'))).toHaveLength(1);
    expect(code).toBe(0);
  });

  it('come again after an answer that cannot be used, and a no starts nothing', async () => {
    const cwd = reviews();
    const { output, code } = await wizard(cwd, [
      [UNANSWERED, `reviews.xls${ENTER}`],
      [UNANSWERED, `reviews.csv${ENTER}`],
      [UNANSWERED, ENTER],
      [UNANSWERED, `id${ENTER}`],
      [UNANSWERED, ENTER],
      [UNANSWERED, `verdict${ENTER}`],
      [UNANSWERED, ENTER],
      [UNANSWERED, ENTER],
      [UNANSWERED, `very${ENTER}`],
      [UNANSWERED, `thorough${ENTER}`],
      [UNANSWERED, `no${ENTER}`],
    ]);
    expect(output).toContain('--label-column verdict --shots 6 --preset thorough');
    expect(output).toContain('Nothing was started');
    expect(readdirSync(cwd).sort()).toEqual(['package.json', 'reviews.csv']);
    expect(code).toBe(0);
  });

  it('end at Ctrl-C and leave nothing behind', async () => {
    const cwd = reviews();
    const { output, code } = await wizard(cwd, [
      [UNANSWERED, ENTER],
      [UNANSWERED, '\u0003'],
    ]);
    expect(output).toContain('E_INTERRUPTED: no run was started');
    expect(readdirSync(cwd).sort()).toEqual(['package.json', 'reviews.csv']);
    expect(code).toBe(130);
  });
});
