import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proportionInterval } from '../../../src/report/proportion-interval.js';
import { hasTerminals, inTerminal } from '../../in-terminal.js';
import { runInProcess } from '../in-process-cli.js';
import { BIN, lastLine, runCli, TINY_MODEL, tinyTask } from '../spawn-cli.js';

const { cwd, flags } = tinyTask();
const small = ['--generator', TINY_MODEL, '--shots', '2', '--prompts-per-step', '4', '--inner-size', '16'];
const cli = (...args: string[]) => runInProcess(args, { cwd });

const TEXTS = ['It was good', 'It was bad', 'A mail', 'The mail says', 'In short', 'Overall', 'To me', 'This is'];
writeFileSync(join(cwd, 'texts.txt'), TEXTS.join('\n'));
const RATING = ['--items', '4', '--sets', '6', '--out', 'r.jsonl'];

describe('from rankings to a run', () => {
  it('ranks with a judge, fits a reward model and searches with it; the same seed gives the same run', async () => {
    const rate = () => cli('rate', 'texts.txt', '--judge', TINY_MODEL, ...RATING, '--json');
    const rated = await rate();
    expect(JSON.parse(rated.stdout)).toMatchObject({ ranked: 6, left: 0 });
    const again = await rate();
    expect(JSON.parse(again.stdout)).toMatchObject({ ranked: 0, left: 0 });
    expect(readFileSync(join(cwd, 'r.jsonl'), 'utf8').trim().split('\n')).toHaveLength(6);

    const fit = ['preferences', 'fit', 'r.jsonl', '--model', TINY_MODEL, '--out', 'rm.json'];
    const shown = await cli(...fit);
    expect(shown.stdout).toMatch(
      /^rm\.json: fitted to 6 rankings by the states of \S+\nheld-out .*: \d\.\d{3} \(95 % interval 0\.\d{3} to \d\.\d{3}, 6 sets\)\n$/,
    );
    const fitted = await cli(...fit, '--json');
    const { heldOut } = JSON.parse(fitted.stdout);
    expect(heldOut).toMatchObject({ rankings: 6, sets: 6 });
    expect(heldOut.interval[0]).toBeLessThanOrEqual(heldOut.accuracy);

    const search = (out: string) =>
      cli(
        ...['run', 'mails.csv', ...flags, ...small, '--steps', '2', '--candidates', '4', '--ui', 'none', '--json'],
        ...['--objective', 'preference=0.5', '--reward-model', 'rm.json', '--out', out],
      );
    const [first, second] = [await search('runs/a'), await search('runs/b')];
    expect(JSON.parse(first.stdout).best.prompt).toBe(JSON.parse(second.stdout).best.prompt);
    const parts = readFileSync(join(cwd, 'runs/a/events.jsonl'), 'utf8');
    expect(parts).toContain('"preference":');
  });

  it('counts sets in the interval of the accuracy, however many raters ranked each', async () => {
    const lines = readFileSync(join(cwd, 'r.jsonl'), 'utf8');
    writeFileSync(join(cwd, 'two.jsonl'), lines + lines.replaceAll(`"rater":"${TINY_MODEL}"`, '"rater":"ben"'));
    const fitted = await cli('preferences', 'fit', 'two.jsonl', '--model', TINY_MODEL, '--out', 'two.json', '--json');
    const { heldOut } = JSON.parse(fitted.stdout);
    expect(heldOut).toMatchObject({ rankings: 12, sets: 6 });
    expect(heldOut.interval).toEqual(proportionInterval(heldOut.accuracy, 6));
  });

  it('shows who ranked, and how far they agree', async () => {
    const line = { items: ['a', 'b'], rater: 'ada' };
    const lines = [
      { ...line, order: [[0], [1]] },
      { ...line, order: [[1], [0]], rater: 'ben' },
    ].map((one) => JSON.stringify(one));
    writeFileSync(join(cwd, 'both.jsonl'), lines.join('\n'));
    const { stdout } = await cli('preferences', 'show', 'both.jsonl');
    expect(stdout).toBe(
      'rater  rankings\nada           1\nben           1\n\n2 rankings, 2 pairs in order\n' +
        'agreement 0.000 on 1 pair ranked more than once; rankings contradict each other on 1 of them\n',
    );
    writeFileSync(join(cwd, 'one.jsonl'), `${lines[0]}\n`);
    const one = await cli('preferences', 'show', 'one.jsonl');
    expect(one.stdout).toContain('no pair was ranked twice');
  });

  it('warns of a reward model that may be no better than chance', async () => {
    const sets = Array.from({ length: 6 }, (_, i) => ({
      items: [`It was ${i}`, `This is ${i}`],
      order: [[i % 2], [1 - (i % 2)]],
    }));
    writeFileSync(join(cwd, 'noise.jsonl'), sets.map((set) => JSON.stringify({ ...set, rater: 'coin' })).join('\n'));
    const { code, stderr } = await cli(
      'preferences',
      'fit',
      'noise.jsonl',
      '--model',
      TINY_MODEL,
      '--out',
      'noise.json',
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining('may be no better than chance')]);
  });

  it('writes pairs that it reads back as the same preferences', async () => {
    const pairs = await cli('preferences', 'pairs', 'r.jsonl');
    writeFileSync(join(cwd, 'pairs.jsonl'), pairs.stdout);
    const [asRankings, asPairs] = await Promise.all([
      cli('preferences', 'show', 'r.jsonl', '--json'),
      cli('preferences', 'show', 'pairs.jsonl', '--json'),
    ]);
    expect(JSON.parse(asPairs.stdout).preferences).toBe(JSON.parse(asRankings.stdout).preferences);
  });

  it('says what is wrong before a model is loaded', async () => {
    writeFileSync(join(cwd, 'broken.json'), '{"kind":"reward-model"}');
    const broken = await cli(
      'run',
      'mails.csv',
      ...flags,
      '--shots',
      '2',
      '--objective',
      'preference=1',
      '--reward-model',
      'broken.json',
    );
    expect([broken.code, lastLine(broken.stderr)]).toEqual([65, expect.stringContaining('E_REWARD_MODEL')]);
    const missing = await cli('run', 'mails.csv', ...flags, '--shots', '2', '--objective', 'preference=1');
    expect(lastLine(missing.stderr)).toContain('--reward-model');
    writeFileSync(join(cwd, 'few.jsonl'), '{"chosen":"a","rejected":"b"}\n');
    const few = await cli('preferences', 'fit', 'few.jsonl', '--model', 'no-such-model');
    expect([few.code, lastLine(few.stderr)]).toEqual([
      65,
      expect.stringMatching(/E_RANKING_COUNT: .* · few\.jsonl · /),
    ]);
    writeFileSync(join(cwd, 'empty.jsonl'), '');
    for (const command of ['show', 'pairs', 'fit']) {
      const empty = await cli('preferences', command, 'empty.jsonl');
      expect([empty.code, lastLine(empty.stderr)]).toEqual([
        65,
        expect.stringMatching(/E_RANKING_COUNT: there are no rankings in the file · empty\.jsonl · /),
      ]);
    }
    writeFileSync(join(cwd, 'one.txt'), 'alone');
    const one = await cli('rate', 'one.txt', '--judge', TINY_MODEL);
    expect([one.code, lastLine(one.stderr)]).toEqual([65, expect.stringMatching(/E_RATING_TEXTS: .* · one\.txt · /)]);
    const nobody = await cli('rate', 'texts.txt', '--judge', TINY_MODEL, '--rater', ' ', '--out', 'nobody.jsonl');
    expect([nobody.code, lastLine(nobody.stderr)]).toEqual([64, expect.stringContaining('--rater is empty')]);
    const unread = await cli('eval', 'mails.csv', ...flags, '--prompts-file', 'empty.jsonl');
    expect([unread.code, lastLine(unread.stderr)]).toEqual([
      65,
      expect.stringMatching(/E_PROMPTS_FILE: there is no prompt in the file · empty\.jsonl · /),
    ]);
  });

  it.skipIf(process.platform === 'win32')(
    'a judge that is stopped says how many rankings are in the file',
    async () => {
      writeFileSync(join(cwd, 'many.txt'), Array.from({ length: 200 }, (_, i) => `text ${i}`).join('\n'));
      const file = join(cwd, 'judged.jsonl');
      const linesNow = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);
      const { code, stderr } = await runCli(
        ['rate', 'many.txt', '--judge', TINY_MODEL, '--sets', '5000', '--out', 'judged.jsonl'],
        {
          cwd,
          onStart: async (child) => {
            while (linesNow() < 2) await new Promise((done) => setTimeout(done, 20));
            child.kill('SIGINT');
          },
        },
      );
      expect(code).toBe(130);
      expect(lastLine(stderr)).toContain(` · ${linesNow()} rankings of now, and those made before · the same command`);
    },
  );

  it.skipIf(!hasTerminals)('draws the texts in a terminal, in a CI too', async () => {
    const command = `${process.execPath} ${BIN} rate texts.txt --out drawn.jsonl --sets 1 --items 2`;
    for (const CI of ['true', '']) {
      const { output, code } = await inTerminal(command, [['[1]', 'q']], { cwd, env: { CI } });
      expect([code, output]).toEqual([0, expect.stringMatching(/drawn\.jsonl: 0 sets ranked by \S+, 1 left/)]);
    }
  });

  it('warns where the texts make fewer sets than asked for', async () => {
    writeFileSync(join(cwd, 'four.txt'), TEXTS.slice(0, 4).join('\n'));
    const { stdout, stderr } = await cli(
      'rate',
      'four.txt',
      '--judge',
      TINY_MODEL,
      '--sets',
      '10',
      '--out',
      'four.jsonl',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({ ranked: 1, left: 0 });
    expect(stderr).toContain('the texts make only 1 different set of 4: --sets 10 is more');
    const shown = await cli('preferences', 'show', 'four.jsonl');
    expect(shown.stdout).toContain('\n\n1 ranking, ');
  });

  it('begins no file where the judge cannot be loaded', async () => {
    const { code, stderr } = await cli('rate', 'texts.txt', '--judge', 'no-such-model', '--out', 'unjudged.jsonl');
    expect([code, lastLine(stderr)]).toEqual([expect.any(Number), expect.stringContaining('no files were changed')]);
    expect(existsSync(join(cwd, 'unjudged.jsonl'))).toBe(false);
  });

  it.skipIf(!hasTerminals)('ends as interrupted at Ctrl-C, with what was ranked', async () => {
    const command = `${process.execPath} ${BIN} rate texts.txt --out stopped.jsonl --sets 2 --items 2`;
    const { code, output } = await inTerminal(
      command,
      [
        ['Set 1 of 2', '12\r'],
        ['Set 2 of 2', '\u0003'],
      ],
      { cwd },
    );
    expect([code, output]).toEqual([130, expect.stringMatching(/1 ranking of now, and those made\s+before/)]);
    expect(readFileSync(join(cwd, 'stopped.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('writes over no rankings', async () => {
    const before = readFileSync(join(cwd, 'r.jsonl'), 'utf8');
    for (const args of [
      ['fit', 'r.jsonl', '--out', './r.jsonl'],
      ['fit', 'r.jsonl', '--out', 'texts.txt'],
      ['pairs', 'r.jsonl', '--out', 'r.jsonl'],
    ]) {
      const { code, stderr } = await cli('preferences', ...args);
      expect([code, lastLine(stderr)]).toEqual([73, expect.stringContaining('E_WOULD_OVERWRITE')]);
    }
    const rated = await cli('rate', 'texts.txt', '--judge', TINY_MODEL, '--out', 'texts.txt');
    expect([rated.code, lastLine(rated.stderr)]).toEqual([73, expect.stringContaining('E_WOULD_OVERWRITE')]);
    expect(readFileSync(join(cwd, 'r.jsonl'), 'utf8')).toBe(before);
    expect(readFileSync(join(cwd, 'texts.txt'), 'utf8')).toBe(TEXTS.join('\n'));
  });

  it('refuses to rank by hand where nobody sits', async () => {
    const { code, stderr } = await cli('rate', 'texts.txt', '--out', 'none.jsonl');
    expect([code, lastLine(stderr)]).toEqual([64, expect.stringContaining('E_NO_TERMINAL')]);
  });
});
