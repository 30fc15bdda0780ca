import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { worldFile } from '../../acting/world-file.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine } from '../spawn-cli.js';

const MASKED_MODEL = resolve(import.meta.dirname, '../../fixtures/hub-like/bert');
const PUBLIC_API = new URL('../../../dist/src/index.js', import.meta.url).href;
const PAGE = new URL('../../../docs/how-to/environments.md', import.meta.url);

/** Two doors, of which one leads out. */
const reset =
  "return { observation: 'You see two doors. You', actions: ['open the left door', 'wait'], bestReturn: 1 }";
const step = "return { observation: 'You', actions: ['wait'], reward: action === 'wait' ? 0 : 1, done: true }";

function folderWithWorld(): string {
  const cwd = emptyFolder();
  copyFileSync(worldFile(reset, step), join(cwd, 'doors.mjs'));
  return cwd;
}

describe('rlprompt act score', () => {
  it('plays each task and sets the ways to score a phrase side by side', async () => {
    const cwd = folderWithWorld();
    const { code, stdout } = await runInProcess(['act', 'score', 'doors.mjs', '--episodes', '2', '--json'], { cwd });
    expect(code).toBe(0);
    const { rows, environment } = JSON.parse(stdout);
    expect(environment).toBe('small');
    expect(rows.map(({ normalise }: { normalise: string }) => normalise)).toEqual(['none', 'token', 'word']);
    for (const { episodes, meanReturn, best, meanSteps } of rows) {
      expect([episodes, meanSteps]).toEqual([4, 1]);
      expect(meanReturn).toBe(best);
    }
  });

  it('plays the environment of the page, where a policy that waits is cut', async () => {
    const cwd = emptyFolder();
    const page = readFileSync(PAGE, 'utf8');
    const [, door = ''] = /```js\n(\/\/ door\.mjs\n[\s\S]*?)```/.exec(page) ?? [];
    writeFileSync(join(cwd, 'door.mjs'), door.replace("'rlprompt'", JSON.stringify(PUBLIC_API)));
    const table = await runInProcess(['act', 'score', './door.mjs', '--episodes', '1'], { cwd });
    expect([table.code, table.stderr]).toEqual([0, '']);
    expect(table.stdout).toContain('cut at 100 steps');
    const { stdout } = await runInProcess(['act', 'score', './door.mjs', '--episodes', '1', '--json'], { cwd });
    const [summed, , perWord] = JSON.parse(stdout).rows;
    expect(summed).toMatchObject({ normalise: 'none', episodes: 2, meanSteps: 100, cut: 2, best: 0 });
    expect(summed.meanReturn).toBeCloseTo(-10);
    expect(perWord).not.toHaveProperty('cut');
  });

  it('names the environment that is not there', async () => {
    const { code, stderr } = await runInProcess(['act', 'score', 'castle'], { cwd: emptyFolder() });
    expect([code, lastLine(stderr)]).toEqual([66, expect.stringContaining('E_ENVIRONMENT_MISSING')]);
  });
});

describe('rlprompt act train', () => {
  it.each(['ppo', 'memory'])(
    'learns by %s, and gives the result of a finished folder again',
    { timeout: 120_000 },
    async (learner) => {
      const cwd = folderWithWorld();
      const few = ['--learner', learner, '--updates', '2', '--episodes', '3', '--out', 'out'];
      const trained = await runInProcess(['act', 'train', 'doors.mjs', ...few], { cwd });
      expect(trained.code).toBe(0);
      expect(trained.stdout).toMatch(
        /^tasks +episodes +return +steps +best return\ntraining +1 +\S+ +\S+ +\S+ %\nheld out +1 .*\n$/,
      );
      const again = await runInProcess(['act', 'resume', 'out'], { cwd });
      expect([again.code, again.stdout]).toEqual([0, trained.stdout]);
      const asJson = await runInProcess(['act', 'resume', 'out', '--json'], { cwd });
      expect(JSON.parse(asJson.stdout)).toMatchObject({ out: 'out', train: { episodes: 1 }, test: { episodes: 1 } });
      const page = await runInProcess(['act', 'report', 'out'], { cwd });
      expect([page.code, page.stdout]).toEqual([0, `${join(cwd, 'out', 'report.html')}\n`]);
      expect(readFileSync(join(cwd, 'out', 'report.html'), 'utf8')).toContain('2 of 2');
      const plan = readFileSync(join(cwd, 'out', 'act.json'), 'utf8');
      const over = await runInProcess(['act', 'report', 'out', '--out', 'out/act.json'], { cwd });
      expect([over.code, lastLine(over.stderr)]).toEqual([73, expect.stringContaining('E_WOULD_OVERWRITE')]);
      expect(readFileSync(join(cwd, 'out', 'act.json'), 'utf8')).toBe(plan);
      const elsewhere = await runInProcess(['act', 'resume', join(cwd, 'out')], { cwd: emptyFolder() });
      expect([elsewhere.code, lastLine(elsewhere.stderr)]).toEqual([
        66,
        expect.stringMatching(/E_ENVIRONMENT_MISSING.* · resume learning in the folder where it was started: /),
      ]);
      writeFileSync(join(cwd, 'notes.txt'), 'mine');
      for (const [out, code] of [
        ['notes.txt', 73],
        ['out/report.html', 0],
      ] as const) {
        expect((await runInProcess(['act', 'report', 'out', '--out', out], { cwd })).code).toBe(code);
      }
      expect(readFileSync(join(cwd, 'notes.txt'), 'utf8')).toBe('mine');
      const taken = await runInProcess(['act', 'train', 'doors.mjs', ...few], { cwd });
      expect([taken.code, lastLine(taken.stderr)]).toEqual([
        73,
        expect.stringMatching(
          /E_RUN_EXISTS: something was learned in out before .* rlprompt act resume out, or another/,
        ),
      ]);
      const other = await runInProcess(['act', 'resume', '.'], { cwd });
      expect([other.code, lastLine(other.stderr)]).toEqual([66, expect.stringContaining('E_NOT_A_RUN')]);
    },
  );

  it('is resumed by the command that a fault of the environment names, once that is corrected', async () => {
    const cwd = emptyFolder();
    const file = join(cwd, 'doors.mjs');
    const jammed = (when: string) => `if (${when}) throw new Error('the door is jammed'); ${step}`;
    copyFileSync(worldFile(reset, jammed('true')), file);
    const train = ['act', 'train', 'doors.mjs', '--updates', '12', '--episodes', '2'];
    const { code, stderr } = await runInProcess([...train, '--out', 'my out'], { cwd });
    expect([code, lastLine(stderr)]).toEqual([70, expect.stringContaining('the door is jammed')]);
    expect(lastLine(stderr)).toMatch(
      / · nothing was learned yet · correct the environment; then: rlprompt act resume "my out"$/,
    );
    copyFileSync(worldFile(reset, step), file);
    const resumed = await runInProcess(['act', 'resume', 'my out'], { cwd });
    expect([resumed.code, resumed.stderr]).toEqual([
      0,
      expect.stringContaining('nothing was learned in the one before'),
    ]);

    copyFileSync(worldFile(reset, jammed('(globalThis.steps = (globalThis.steps ?? 0) + 1) > 21')), file);
    const late = await runInProcess([...train, '--out', 'late'], { cwd });
    const command = 'rlprompt act resume late --changed-environment';
    expect(lastLine(late.stderr)).toContain(
      ` · what was learned up to update 10 · correct the environment; then: ${command}`,
    );
    copyFileSync(worldFile(reset, step), file);
    const refused = await runInProcess(['act', 'resume', 'late'], { cwd });
    expect([refused.code, lastLine(refused.stderr)]).toEqual([65, expect.stringContaining(command)]);
    const learned = await runInProcess([...command.split(' ').slice(1), '--json'], { cwd });
    expect([learned.code, learned.stderr]).toEqual([0, expect.stringContaining('what was learned may not fit')]);
    expect(JSON.parse(learned.stdout)).toMatchObject({ out: 'late', train: { episodes: 1 } });
  });

  it('is given more time by resume, where its environment was slow', async () => {
    const cwd = emptyFolder();
    copyFileSync(
      worldFile(reset, `await new Promise((done) => setTimeout(done, 1500)); ${step}`),
      join(cwd, 'doors.mjs'),
    );
    const args = ['--updates', '1', '--episodes', '1', '--timeout', '1', '--out', 'slow'];
    const { stderr } = await runInProcess(['act', 'train', 'doors.mjs', ...args], { cwd });
    expect(lastLine(stderr)).toContain('E_PLUGIN_TIMEOUT');
    expect(lastLine(stderr)).toContain('give it longer: rlprompt act resume slow --timeout SECONDS; or correct');
    const { code } = await runInProcess(['act', 'resume', 'slow', '--timeout', '20'], { cwd });
    expect(code).toBe(0);
  });

  it('that diverges says so', async () => {
    const cwd = folderWithWorld();
    const far = ['--episodes', '3', '--learning-rate', '1e300'];
    for (const updates of ['3', '1']) {
      const args = ['--updates', updates, ...far, '--out', `out${updates}`];
      const { code, stderr } = await runInProcess(['act', 'train', 'doors.mjs', ...args], { cwd });
      expect([code, lastLine(stderr)]).toEqual([
        3,
        expect.stringMatching(/E_DIVERGED: .* · nothing was learned yet · .*--learning-rate/),
      ]);
    }
  });

  it('is not resumed with settings that its checkpoint does not belong to, and not by a checkpoint that is damaged', async () => {
    const cwd = folderWithWorld();
    const few = ['--learner', 'memory', '--updates', '2', '--episodes', '3', '--out', 'out'];
    await runInProcess(['act', 'train', 'doors.mjs', ...few], { cwd });
    const file = join(cwd, 'out', 'act.json');
    const plan = readFileSync(file, 'utf8');
    const resumeWith = async (change: object) => {
      writeFileSync(file, JSON.stringify({ ...JSON.parse(plan), ...change }));
      const { code, stderr } = await runInProcess(['act', 'resume', 'out'], { cwd });
      return [code, lastLine(stderr)];
    };
    const drift = (what: string) => [78, expect.stringMatching(new RegExp(`E_DRIFT: act\\.json .*: ${what} · out · `))];
    expect(await resumeWith({ seed: 9 })).toEqual(drift('seed was 0, is 9'));
    expect(await resumeWith({ updates: 1 })).toEqual(drift('updates was 2, is 1'));
    expect(await resumeWith({ learner: 'ppo' })).toEqual(drift('learner was memory, is ppo'));
    expect(await resumeWith({ updates: 0 })).toEqual([
      65,
      expect.stringMatching(/E_MANIFEST: .*: updates is below 1;/),
    ]);
    writeFileSync(file, plan);
    truncateSync(join(cwd, 'out', 'checkpoints', 'step-000002.safetensors'), 100);
    for (const command of ['resume', 'report']) {
      const { code, stderr } = await runInProcess(['act', command, 'out'], { cwd });
      expect([code, lastLine(stderr)]).toEqual([65, expect.stringMatching(/E_CHECKPOINT_DAMAGED: .*another --out$/)]);
      expect(stderr).not.toMatch(/best\.json|rlprompt top/);
    }
  });

  it('refuses a folder with other files before it looks for a model, and leaves none for a model that cannot act', async () => {
    const cwd = folderWithWorld();
    const act = (...args: string[]) => runInProcess(['act', 'train', 'doors.mjs', ...args], { cwd });
    const full = await act('--out', '.', '--model', 'no-such-model');
    expect([full.code, lastLine(full.stderr)]).toEqual([73, expect.stringContaining('E_FOLDER_NOT_EMPTY')]);
    const masked = await act('--out', 'unmade', '--model', MASKED_MODEL);
    expect(lastLine(masked.stderr)).toContain('E_MODEL_CAPABILITY');
    expect(existsSync(join(cwd, 'unmade'))).toBe(false);
  });
});
