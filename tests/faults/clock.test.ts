import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder, runCli, type SpawnOptions } from '../cli/spawn-cli.js';
import { writeSmallData } from '../small-data.js';

const FLAGS = [
  ...['--verbalizer', 'ham=list,spam=free', '--shots', '3', '--inner-size', '64', '--steps', '6'],
  ...['--evaluation-every', '2', '--checkpoint-every', '2', '--prompts-per-step', '4', '--ui', 'json', '--json'],
];

/** A wall clock that is a day ahead and a day behind by turns. */
const TORN_CLOCK = `data:text/javascript,${encodeURIComponent(`
const Real = Date;
let calls = 0;
const now = () => Real.now() + (calls++ % 2 === 0 ? 1 : -1) * 86_400_000;
globalThis.Date = class extends Real {
  constructor(...given) { given.length === 0 ? super(now()) : super(...given); }
  static now() { return now(); }
};`)}`;

const cwd = emptyFolder();

/** The files that say how a run went, and the seconds that it tells. */
async function runIn(name: string, options: SpawnOptions = {}) {
  const { code, stdout, stderr } = await runCli(['run', 'small.csv', '--out', name, ...FLAGS], { cwd, ...options });
  expect(code, stderr).toBe(0);
  const folder = join(cwd, name, 'checkpoints');
  const files = Object.fromEntries(
    readdirSync(folder).map((file) => [file, readFileSync(join(folder, file)).toString('base64')]),
  );
  return { files, seconds: (JSON.parse(stdout) as { seconds: number }).seconds };
}

describe('time', () => {
  let usual: Awaited<ReturnType<typeof runIn>>;

  beforeAll(async () => {
    writeSmallData(cwd);
    usual = await runIn('usual');
  });

  it('is the same run whatever the clock says', async () => {
    const { files, seconds } = await runIn('torn', { nodeFlags: ['--import', TORN_CLOCK] });
    expect(files).toEqual(usual.files);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(3600);
  });

  it.skipIf(process.platform === 'win32')('is the same run after a sleep', async () => {
    let hasSlept = false;
    const { files } = await runIn('slept', {
      onStderr: (text, child) => {
        if (hasSlept || !text.includes('"step-end"')) return;
        hasSlept = true;
        child.kill('SIGSTOP');
        setTimeout(() => child.kill('SIGCONT'), 1500);
      },
    });
    expect(hasSlept).toBe(true);
    expect(files).toEqual(usual.files);
  });
});
