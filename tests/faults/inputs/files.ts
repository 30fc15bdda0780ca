import { spawnSync } from 'node:child_process';
import {
  cpSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { decodeModel, encodeModel, type OnnxModel } from '../../../src/lm/onnx/graph/proto.js';
import { TINY_MODEL } from '../../cli/spawn-cli.js';
import { writeSmallData } from '../../small-data.js';

const ONNX = 'onnx/model.onnx';
const BOM = '\ufeff';

const TEXTS: Readonly<Record<string, string | Uint8Array>> = {
  'empty.csv': '',
  'header.csv': 'text,label\n',
  'twice.csv': 'text,text\na,b\n',
  'ragged.csv': 'text,label\na,x\nb\n',
  'open.csv': 'text,label\n"a,x\nb,y\n',
  'stray.csv': 'text,label\nab"c,x\nd,y\n',
  'nul.csv': 'text,label\na\0b,x\nc,y\n',
  'large.csv': `text,label\n"${'a'.repeat(2_000_000)}",x\nb,y\n`,
  'latin.csv': Buffer.from('text,label\nna\u00efve,x\nd,y\n', 'latin1'),
  'one.csv': 'text,label\na,x\nb,x\nc,x\nd,x\n',
  'few.csv': 'text,label\na,x\nb,y\n',
  'blank.csv': 'text,label\na,x\n,y\n',
  'numbers.csv': `text,label\n${Array.from({ length: 40 }, (_, i) => `row ${i},${i}.5`).join('\n')}\n`,
  'bad.jsonl': '{"text":"a","label":"x"}\n{"text":\n',
  'getter.config.mjs': "export default { task: 'spam', get steps() { throw new Error('boom'); } };\n",
  'throws.config.mjs': "throw new Error('boom');\n",
  'list.config.json': '[1]',
  'minus.config.json': '{"task":"spam","steps":-5}',
  'infinite.config.json': '{"task":"spam","learningRate":1e999}',
  'nan.config.yaml': 'task: spam\nlearningRate: .nan\n',
  'yes.config.yaml': 'task: spam\noffline: yes\n',
  'secret.config.json': '{"task":"spam","endpoint":"https://me:hunter2secret@example.org/v1"}',
  'key.config.json': '{"task":"spam","apiKey":"env:MY_KEY"}',
  'unset.config.json': '{"task":"spam","target":"env:NOT_SET_HERE"}',
  'proto.config.json': '{"task":"spam","__proto__":{"steps":1}}',
  'dup.config.json': '{"task":"spam","steps":1,"steps":2}',
  'dup.config.yaml': 'task: spam\nsteps: 1\nsteps: 2\n',
  'unknown.config.yaml': 'task: spam\nstep: 3\n',
  'bomb.config.yaml': `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replace(/./g, (to) => `${to}: &${to} [${Array(9).fill(`*${String.fromCharCode(to.charCodeAt(0) - 1)}`)}]\n`)}`,
  'deep.config.yaml': `task: ${'['.repeat(5000)}${']'.repeat(5000)}`,
  'large.config.json': `{"task":"spam","x":"${'y'.repeat(2_000_000)}"}`,
  'utf16.config.json': Buffer.from(`${BOM}{"task":"spam"}`, 'utf16le'),
  'throws.task.mjs': "throw new Error('boom');\n",
  'syntax.task.mjs': 'export default {\n',
  'empty.task.mjs': 'export const nothing = 1;\n',
};

/** Fills a folder with everything that the table of bad inputs names. */
export function writeBadFiles(cwd: string): void {
  writeSmallData(cwd);
  for (const [name, content] of Object.entries(TEXTS)) writeFileSync(join(cwd, name), content);
  for (const folder of ['folder.csv', 'not-a-run', 'fake-run', 'new-run', 'full']) mkdirSync(join(cwd, folder));
  spawnSync('mkfifo', [join(cwd, 'pipe.csv')]);
  writeFileSync(join(cwd, 'fake-run/run.json'), '{}');
  writeFileSync(join(cwd, 'fake-run/thesis.txt'), 'mine');
  writeFileSync(join(cwd, 'new-run/run.json'), '{"schemaVersion":99}');
  writeFileSync(join(cwd, 'full/thesis.txt'), 'mine');
  writeBadModels(cwd);
}

function writeBadModels(cwd: string): void {
  /** A copy of a small model with some files changed. */
  const model = (name: string, change: (folder: string) => void, from = TINY_MODEL): void => {
    const folder = join(cwd, name);
    cpSync(from, folder, { recursive: true });
    change(folder);
  };
  const withOnnx = (name: string, content: string | Uint8Array) =>
    model(name, (folder) => writeFileSync(join(folder, ONNX), content));
  const withGraph = (name: string, change: (model: OnnxModel) => void) =>
    model(name, (folder) => {
      const decoded = decodeModel(readFileSync(join(folder, ONNX)));
      change(decoded);
      writeFileSync(join(folder, ONNX), encodeModel(decoded));
    });
  const withJson = (name: string, file: string, change: (value: Record<string, unknown>) => void) =>
    model(name, (folder) => {
      const value = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      change(value);
      writeFileSync(join(folder, file), JSON.stringify(value));
    });
  const withData = (name: string, change: (data: string) => void) =>
    model(name, (folder) => change(join(folder, 'onnx/model.onnx_data')), join(TINY_MODEL, '../llama-external'));

  model('zero', (folder) => {
    rmSync(join(folder, 'config.json'));
    symlinkSync('/dev/zero', join(folder, 'config.json'));
  });
  model('pipe', (folder) => {
    rmSync(join(folder, 'tokenizer.json'));
    spawnSync('mkfifo', [join(folder, 'tokenizer.json')]);
  });
  model('no-tokenizer', (folder) => rmSync(join(folder, 'tokenizer.json')));
  model('no-config', (folder) => rmSync(join(folder, 'config.json')));
  model('bad-config', (folder) => writeFileSync(join(folder, 'config.json'), Uint8Array.of(0xff, 0xfe, 0, 0x7b)));
  model('bad-tokenizer', (folder) => writeFileSync(join(folder, 'tokenizer.json'), '{"model":'));
  model('cut', (folder) => truncateSync(join(folder, ONNX), readFileSync(join(folder, ONNX)).length - 20));
  model('cut-by-one', (folder) => truncateSync(join(folder, ONNX), readFileSync(join(folder, ONNX)).length - 1));
  withOnnx('html', '<!doctype html><p>503');
  withOnnx('pointer', 'version https://git-lfs.github.com/spec/v1\n');
  withOnnx('hollow', '');
  withOnnx('garbage', Buffer.alloc(4096, 0xee));
  withGraph('new-operators', (decoded) => {
    decoded.opsetImport = [{ domain: '', version: 99 }];
  });
  withGraph('new-format', (decoded) => {
    decoded.irVersion = 99;
  });
  withGraph('unknown-operator', (decoded) => {
    Object.assign(decoded.graph!.node[5]!, { opType: 'Frobnicate', domain: 'org.example' });
  });
  withData('data-missing', (data) => rmSync(data));
  withData('data-short', (data) => truncateSync(data, 100));
  withData('data-linked', (data) => {
    renameSync(data, join(cwd, 'elsewhere.bin'));
    symlinkSync(join(cwd, 'elsewhere.bin'), data);
  });
  withData('data-shared', (data) => linkSync(data, join(cwd, 'hard-link.bin')));
  withJson('no-positions', 'config.json', (config) => {
    config.n_positions = -5;
  });
  withJson('many-tokens', 'tokenizer.json', (tokenizer) => {
    (tokenizer.added_tokens as object[]).push({ id: 99_999_999, content: '<big>', special: false });
  });
  withJson('wide-vocabulary', 'tokenizer.json', (tokenizer) => {
    Object.assign((tokenizer.model as { vocab: object }).vocab, { zz0: 600, zz1: 601 });
  });
  const withPattern = (name: string, pattern: string) =>
    withJson(name, 'tokenizer.json', (tokenizer) => {
      const split = { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
      tokenizer.pre_tokenizer = { type: 'Sequence', pretokenizers: [split, tokenizer.pre_tokenizer] };
    });
  withPattern('hang', '([a-z ,.]+)+\\$');
  withPattern('hang-late', '(?=.{50})([a-z ,.]+)+\\$');
}
