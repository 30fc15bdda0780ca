import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runInProcess } from '../cli/in-process-cli.js';
import { emptyFolder, TINY_MODEL } from '../cli/spawn-cli.js';
import { completions } from './completions.js';

const ROWS = 50;

interface Predicted {
  readonly text: string;
  readonly predicted: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

interface Module {
  classify(
    input: string,
    complete: (text: string, words: readonly string[]) => Promise<Record<string, number>>,
  ): Promise<{ label: string }>;
}

describe('fifty rows', { timeout: 120_000 }, () => {
  const cwd = emptyFolder();
  let expected: Predicted[];
  let labels: string[];
  let known: Record<string, Record<string, number>>;

  beforeAll(async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [
      `call ${i} me now about offer ${i * 7},bad`,
      `see you at the meeting ${i},good`,
    ]).flat();
    writeFileSync(join(cwd, 'mails.csv'), `text,label\n${rows.join('\n')}\n`);
    const data = ['mails.csv', '--verbalizer', 'bad=the|you,good=a', '--target', TINY_MODEL, '--generator', TINY_MODEL];
    const run = await runInProcess(
      ['run', ...data, '--shots', '6', '--steps', '1', '--calibrate', 'inputs', '--out', 'run', '--ui', 'none'],
      { cwd },
    );
    expect(run.stderr).toBe('');
    const formats = ['export', 'run', '--format', 'ts,python,promptfoo,lm-eval,json,node', '--out', 'out'];
    expect(await runInProcess(formats, { cwd })).toMatchObject({ code: 0 });
    writeFileSync(
      join(cwd, 'new.csv'),
      `text\n${rows
        .slice(0, ROWS)
        .map((row) => row.split(',')[0])
        .join('\n')}\n`,
    );
    expect(
      await runInProcess(['predict', 'run', 'new.csv', '--out', 'new.jsonl', '--format', 'jsonl'], { cwd }),
    ).toMatchObject({
      code: 0,
    });
    const lines = readFileSync(join(cwd, 'new.jsonl'), 'utf8').trimEnd().split('\n');
    expected = lines.map((line) => JSON.parse(line));
    const source = readFileSync(join(cwd, 'out/best.ts'), 'utf8');
    const { classify } = createJiti(import.meta.url, { fsCache: false }).evalModule(source, {
      filename: join(import.meta.dirname, 'same.ts'),
    }) as Module;
    const model = await completions(TINY_MODEL);
    labels = [];
    for (const { text } of expected) labels.push((await classify(text, model.complete)).label);
    ({ known } = model);
    await model.dispose();
  }, 120_000);

  it('get the labels of predict from the TypeScript module', () => {
    expect(new Set(labels).size).toBe(2);
    expect(labels).toEqual(expected.map(({ predicted }) => predicted));
  });

  it.skipIf(spawnSync('python3', ['--version']).status !== 0)('get them from the Python module', () => {
    writeFileSync(join(cwd, 'asked.json'), JSON.stringify({ texts: expected.map(({ text }) => text), known }));
    const program = `
import json, sys
sys.path.insert(0, 'out')
import best
asked = json.load(open('asked.json', encoding='utf8'))
print(json.dumps([best.classify(text, lambda whole, words: asked['known'][whole])[0] for text in asked['texts']]))
`;
    const { stdout, stderr } = spawnSync('python3', ['-I', '-c', program], { cwd, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(labels);
  });

  it('get them, and the probabilities, from the folder that runs by itself', async () => {
    symlinkSync(join(import.meta.dirname, '../../node_modules'), join(cwd, 'out/node_modules'));
    expect(JSON.parse(readFileSync(join(cwd, 'out/package.json'), 'utf8')).dependencies).toEqual({
      '@huggingface/transformers': JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
        .dependencies['@huggingface/transformers'],
    });
    // With scripts, its installation would ask a host outside the registry for CUDA libraries.
    expect(readFileSync(join(cwd, 'out/.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
    const input = expected.map(({ text }) => `${text}\n`).join('');
    const { stdout, stderr } = spawnSync(process.execPath, ['index.mjs'], {
      cwd: join(cwd, 'out'),
      input,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ label }) => label)).toEqual(expected.map(({ predicted }) => predicted));
    rows.forEach(({ probabilities }, i) => {
      expect(probabilities.bad).toBeCloseTo(expected[i]!.probabilities.bad!, 4);
    });
  });

  it('get a text that is too long refused by that folder, unless the run says what such a text loses', async () => {
    const text = 'call me now about the offer '.repeat(400);
    const ask = (folder: string) =>
      spawnSync(process.execPath, ['index.mjs', text], { cwd: join(cwd, folder), encoding: 'utf8' });
    const modules = join(import.meta.dirname, '../../node_modules');
    rmSync(join(cwd, 'out/node_modules'), { force: true });
    symlinkSync(modules, join(cwd, 'out/node_modules'));
    const refused = ask('out');
    expect(refused).toMatchObject({ stdout: '', status: 1 });
    expect(refused.stderr).toMatch(/the text that begins with "call me now .*" is too long: .* --truncate/);

    cpSync(join(cwd, 'run'), join(cwd, 'cut'), { recursive: true });
    const manifest = JSON.parse(readFileSync(join(cwd, 'cut/run.json'), 'utf8'));
    const config = { ...manifest.config, truncate: 'head' };
    writeFileSync(join(cwd, 'cut/run.json'), JSON.stringify({ ...manifest, config }));
    expect(await runInProcess(['export', 'cut', '--format', 'node', '--out', 'cut-out'], { cwd })).toMatchObject({
      code: 0,
    });
    symlinkSync(modules, join(cwd, 'cut-out/node_modules'));
    writeFileSync(join(cwd, 'long.csv'), `text\n${text}\n`);
    const { stdout } = await runInProcess(['predict', 'cut', 'long.csv', '--format', 'jsonl'], { cwd });
    expect(JSON.parse(ask('cut-out').stdout).label).toBe(JSON.parse(stdout).predicted);
  });

  it('pass or fail in promptfoo as the label of the row says', () => {
    const { tests } = parse(readFileSync(join(cwd, 'out/promptfooconfig.yaml'), 'utf8'));
    const labelOf = new Map(expected.map(({ text }, i) => [text, labels[i]]));
    const known = tests.filter(({ vars }: { vars: { text: string } }) => labelOf.has(vars.text));
    expect(known.length).toBeGreaterThan(20);
    for (const { description, vars, assert } of known) {
      const output = labelOf.get(vars.text) === 'bad' ? ' You' : ' a';
      const passes = new Function('output', `return ${assert[0].value}`)(output);
      expect(passes).toBe(labelOf.get(vars.text) === description);
    }
  });

  it('are those of the test split beside the task of the evaluation harness', () => {
    const rows = readFileSync(join(cwd, 'out/test.jsonl'), 'utf8').trimEnd().split('\n');
    const { doc_to_choice: words } = parse(readFileSync(join(cwd, 'out/task.yaml'), 'utf8'));
    expect(words).toEqual(['the', 'a']);
    expect(rows).toHaveLength(80 - 24);
    for (const row of rows) {
      const { text, label } = JSON.parse(row);
      expect(label).toBe(text.startsWith('call') ? 0 : 1);
    }
  });
});
