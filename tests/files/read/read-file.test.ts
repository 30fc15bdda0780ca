import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readBytes, readText } from '../../../src/files/read/read-file.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-read-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('reading a file that must be there', () => {
  it('gives its bytes, and its text as UTF-8', () => {
    const path = join(folder, 'text');
    writeFileSync(path, 'größer\r\n');
    expect(Buffer.from(readBytes(path)).toString('latin1')).toBe('grÃ¶Ã\u009fer\r\n');
    expect(readText(path)).toBe('größer\r\n');
  });

  it('leaves a byte order mark out of the text, once and at its beginning only', () => {
    const path = join(folder, 'marked');
    writeFileSync(path, '\ufeff\ufeffIt was\ufeff');
    expect(readBytes(path)).toHaveLength(15);
    expect(readText(path)).toBe('\ufeffIt was\ufeff');
  });

  it.each([
    ['no file', 'missing', 'E_FILE_NOT_FOUND'],
    ['a folder', '.', 'E_FILE_NOT_FOUND'],
    ['a name too long', 'n'.repeat(300), 'E_FILE_NOT_FOUND'],
    ['a device', '/dev/null', 'E_FILE_KIND'],
  ])('says that there is %s', (_, name, code) => {
    const path = name.startsWith('/') ? name : join(folder, name);
    const refused = expect.objectContaining({ code });
    expect(() => readBytes(path)).toThrow(refused);
    expect(() => readText(path)).toThrow(refused);
  });

  it('names the file in the message', () => {
    expect(() => readText(join(folder, 'missing'))).toThrow(`cannot read ${join(folder, 'missing')}`);
  });
});
