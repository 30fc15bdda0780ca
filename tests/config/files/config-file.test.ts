import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findConfigFile, loadConfigFile } from '../../../src/config/files/config-file.js';
import { resolveRunConfig } from '../../../src/config/resolve-run-config.js';

function write(name: string, content: string | Uint8Array): string {
  const file = join(mkdtempSync(join(tmpdir(), 'rlprompt-config-')), name);
  writeFileSync(file, content);
  return file;
}

describe('loadConfigFile', () => {
  it.each([
    ['rlprompt.config.yaml', 'task: spam # mails\ntopK: 7\nverbalizer: {0: bad, 1: good}\n'],
    ['rlprompt.config.yml', '\uFEFFtask: spam\r\ntopK: 7\r\nverbalizer:\r\n  0: bad\r\n  1: good\r\n'],
    ['rlprompt.config.json', '{\n\t"task": "spam", "topK": 7, "verbalizer": {"0": "bad", "1": "good"}}'],
    ['rlprompt.config.mjs', 'export default { task: "spam", topK: 3 + 4, verbalizer: { 0: "bad", 1: "good" } };'],
    [
      'rlprompt.config.ts',
      'const topK: number = 7;\nexport default { task: "spam", topK, verbalizer: { 0: "bad", 1: "good" } };',
    ],
  ])('reads %s', async (name, text) => {
    const file = await loadConfigFile(write(name, text));
    expect(resolveRunConfig({ file }).config).toMatchObject({
      task: 'spam',
      topK: 7,
      verbalizer: { 0: 'bad', 1: 'good' },
    });
  });

  it('points at file, line and column of a wrong setting', async () => {
    const file = await loadConfigFile(write('rlprompt.config.yaml', 'task: spam\n\n  \nlerning_rate: 1\ntopK: zero\n'));
    expect(() => resolveRunConfig({ file })).toThrow(/learningRate\? \(.*rlprompt\.config\.yaml:4:1\).*topK.*yaml:5:1/);
  });

  it.each([
    ['a duplicate key', 'task: a\ntask: b\n', /task stands here twice/],
    ['__proto__', 'task: a\n__proto__: {x: 1}\n', /__proto__ cannot be a key/],
    ['a nested __proto__', 'verbalizer: {__proto__: x}\n', /__proto__ cannot be a key/],
    ['an alias bomb', 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n', /aliases/],
    ['deep brackets', `a: ${'['.repeat(20_000)}`, /nested deeper/],
    ['deep dashes', '- '.repeat(20_000), /nested deeper/],
    ['a tag', 'task: !!js/function x\n', /tag/],
    ['a list', '- task\n', /keys and values/],
    ['broken YAML', 'task: "spam\n', /closing/i],
    ['a large file', `task: ${'x'.repeat(70_000)}`, /larger than 64 KiB/],
  ])('refuses %s', async (_what, text, message) => {
    await expect(loadConfigFile(write('rlprompt.config.yaml', text))).rejects.toMatchObject({
      code: 'E_CONFIG',
      exitCode: 78,
      message: expect.stringMatching(message),
    });
  });

  it('is strict YAML 1.2: no, on and .nan are not booleans and numbers to us', async () => {
    const file = await loadConfigFile(
      write('rlprompt.config.yaml', 'task: spam\ncache: no\noffline: on\nlearningRate: .nan\n'),
    );
    const read = () => resolveRunConfig({ file });
    expect(read).toThrow(/cache: got "no", expected true or false/);
    expect(read).toThrow(/offline: got "on", expected true or false/);
    expect(read).toThrow(/learningRate: got NaN, expected a number/);
  });

  it('refuses UTF-16 with the command that mends it', async () => {
    const file = write('rlprompt.config.yaml', Buffer.from('\uFEFFtask: spam', 'utf16le'));
    await expect(loadConfigFile(file)).rejects.toMatchObject({
      code: 'E_CONFIG_ENCODING',
      exitCode: 65,
      next: expect.stringContaining('iconv'),
    });
  });

  it('says that a named file is missing', async () => {
    await expect(loadConfigFile('no-such.yaml')).rejects.toMatchObject({ code: 'E_CONFIG_MISSING', exitCode: 66 });
  });

  it('names a program file that throws, and one that exports no object', async () => {
    await expect(loadConfigFile(write('a.mjs', 'throw new Error("boom")'))).rejects.toThrow(/failed: boom/);
    await expect(loadConfigFile(write('b.mjs', 'export default 7'))).rejects.toThrow(/default export/);
    const withCode = 'export default { topK() {} }';
    await expect(loadConfigFile(write('d.mjs', withCode))).rejects.toThrow(/topK could not be read: .*cloned/);
    const hostile = 'export default new Proxy({}, { ownKeys() { throw 1; } })';
    await expect(loadConfigFile(write('c.mjs', hostile))).rejects.toMatchObject({ code: 'E_CONFIG', exitCode: 78 });
  });
});

describe('a program file as configuration', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it.each([
    ['loops for ever', 'for (;;);'],
    ['never comes to its end', 'setInterval(() => {}, 1000);\nawait new Promise(() => {});'],
  ])('that %s is ended at the deadline', async (_what, text) => {
    await expect(loadConfigFile(write('rlprompt.config.mjs', text), 1500)).rejects.toMatchObject({
      code: 'E_CONFIG',
      exitCode: 78,
      message: 'the configuration file gave no answer within 1.5 s and its process was ended',
      where: expect.stringContaining('rlprompt.config.mjs'),
    });
  });

  it('that ends its process does not end the program', async () => {
    await expect(loadConfigFile(write('rlprompt.config.mjs', 'process.exit(0)'))).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: 'the configuration file’s process exited with code 0 without an answer',
    });
  });

  it('sees the environment of the program', async () => {
    vi.stubEnv('MY_STEPS', '7');
    const text = 'export default { steps: Number(process.env.MY_STEPS) };';
    expect((await loadConfigFile(write('rlprompt.config.mjs', text))).values).toEqual({ steps: 7 });
  });
});

describe('findConfigFile', () => {
  it('looks in parents up to the root of the repository', () => {
    const file = write('rlprompt.config.yaml', 'task: spam');
    const inner = join(file, '..', 'a', 'b');
    mkdirSync(inner, { recursive: true });
    expect(findConfigFile(inner)).toBe(file);
    mkdirSync(join(inner, '.git'));
    expect(findConfigFile(inner)).toBeUndefined();
  });

  it('refuses two files in one folder', () => {
    const file = write('rlprompt.config.yaml', 'task: spam');
    writeFileSync(join(file, '..', 'rlprompt.config.json'), '{}');
    expect(() => findConfigFile(join(file, '..'))).toThrow(/both rlprompt.config.yaml and rlprompt.config.json/);
  });
});
