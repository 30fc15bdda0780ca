import { beforeAll, describe, expect, it } from 'vitest';
import { measureMolecules } from '../../../src/molecules/measure-molecules.js';
import { Molecules } from '../../../src/molecules/molecules.js';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, tinyTask } from '../spawn-cli.js';

describe('rlprompt molecules', { timeout: 120_000 }, () => {
  const { cwd, flags } = tinyTask();

  beforeAll(async () => {
    const few = [
      '--steps',
      '1',
      '--prompts-per-step',
      '4',
      '--inner-size',
      '16',
      '--shots',
      '3',
      '--prompt-length',
      '1',
    ];
    const { code } = await runInProcess(['run', 'mails.csv', ...flags, ...few, '--out', 'one'], { cwd });
    expect(code).toBe(0);
  });

  it('reads what the policy writes before and after the run, the same each time', async () => {
    const { code, stdout } = await runInProcess(['molecules', 'one', '--count', '32', '--json'], { cwd });
    expect(code).toBe(0);
    const { untrained, trained, known, best } = JSON.parse(stdout);
    expect([untrained.written, trained.written, known]).toEqual([32, 32, 0]);
    const again = await runInProcess(['molecules', 'one', '--count', '32', '--smi'], { cwd });
    const listed = again.stdout.split('\n').filter((line) => line !== '');
    expect(listed.slice(0, best.length)).toEqual(best.map(({ smiles }: { smiles: string }) => smiles));
    const { measures } = await measureMolecules(await Molecules.open(), listed, new Set());
    expect(measures.validity).toBe(listed.length === 0 ? 0 : 1);
    expect(listed.length).toBe(Math.round(trained.written * trained.validity * trained.uniqueness));
  });

  it('prints a table of both policies, and CSV with a header', async () => {
    const table = await runInProcess(['molecules', 'one', '--count', '4'], { cwd });
    expect(table.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining(['policy', 'untrained', 'trained', 'qed']),
    );
    const csv = await runInProcess(['molecules', 'one', '--count', '4', '--csv'], { cwd });
    expect(csv.stdout).toMatch(/^smiles,qed\r\n/);
  });

  it('warns where no text is a molecule, and prints one format at a time', async () => {
    const mails = await runInProcess(['run', 'spam', '--steps', '1', '--test-size', '20', '--out', 'mails'], { cwd });
    expect(mails.code, mails.stderr).toBe(0);
    const { code, stderr } = await runInProcess(['molecules', 'mails', '--count', '8'], { cwd });
    expect([code, stderr]).toEqual([0, expect.stringContaining('no text is a molecule')]);
    const both = await runInProcess(['molecules', 'mails', '--csv', '--smi'], { cwd });
    expect([both.code, lastLine(both.stderr)]).toEqual([64, expect.stringContaining("'--csv'")]);
  });

  it('names a folder that is no run', async () => {
    const { code, stderr } = await runInProcess(['molecules', 'nowhere'], { cwd });
    expect([code, lastLine(stderr)]).toEqual([66, expect.stringContaining('E_RUN_NOT_FOUND')]);
  });
});
