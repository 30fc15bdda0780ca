import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pieceBytes } from '../../../src/lm/model/token-bytes.js';
import { fitTokenizer, loadTokenizer } from '../../../src/lm/model/tokenizer.js';
import { HUB_LIKE } from '../onnx/hub-like.js';

const TEXT = 'Größe: "naïve" 日本 🙂\n\tdef f(x):  return x';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-tokenizer-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a tokenizer', () => {
  it.each(['gpt2', 'llama', 'opt', 'gpt_neox', 'roberta'])(
    'of %s says which bytes its tokens stand for',
    async (name) => {
      const tokenizer = await loadTokenizer(join(HUB_LIKE, name));
      const bytes = tokenizer.encode(TEXT).flatMap((id) => [...tokenizer.bytes(id)!]);
      expect(Buffer.from(bytes).toString('utf8')).toBe(TEXT);
      expect(tokenizer.decode(tokenizer.encode(TEXT))).toBe(TEXT);
    },
  );

  it('shows a token that is a part of a character as bytes that are no text', async () => {
    const tokenizer = await loadTokenizer(join(HUB_LIKE, 'gpt2'));
    const [first] = tokenizer.encode('日');
    expect(tokenizer.bytes(first!)!.length).toBeLessThan(3);
    expect(tokenizer.decode([first!])).toContain('\ufffd');
  });

  it('puts special tokens around a text only when asked, and gives them no bytes', async () => {
    const tokenizer = await loadTokenizer(join(HUB_LIKE, 'bert'));
    const [cls, ...rest] = tokenizer.encode('a value', { special: true });
    expect(rest.slice(0, -1)).toEqual(tokenizer.encode('a value'));
    expect([tokenizer.piece(cls!), tokenizer.piece(rest.at(-1)!)]).toEqual(['[CLS]', '[SEP]']);
    expect(tokenizer.bytes(cls!)).toBeUndefined();
    expect(tokenizer.specialTokenIds.has(tokenizer.maskTokenId!)).toBe(true);
  });

  it('turns no text into no tokens, and no tokens into no text', async () => {
    const tokenizer = await loadTokenizer(join(HUB_LIKE, 'gpt2'));
    expect(tokenizer.encode('')).toEqual([]);
    expect(tokenizer.decode([])).toBe('');
  });

  it.each([
    ['Ġgreat', 'byte-level', ' great'],
    ['âĢľ', 'byte-level', '“'],
    ['##ing', 'wordpiece', 'ing'],
    ['▁the', 'metaspace', ' the'],
    ['<0x0A>', 'metaspace', '\n'],
  ] as const)('reads the piece %s of a %s vocabulary', (piece, spelling, text) => {
    expect(Buffer.from(pieceBytes(piece, spelling)).toString('utf8')).toBe(text);
  });

  it('is refused where the file is missing, a pointer, no JSON or no tokenizer', async () => {
    await expect(loadTokenizer(folder)).rejects.toMatchObject({ code: 'E_TOKENIZER_MISSING', exitCode: 66 });
    const path = join(folder, 'tokenizer.json');
    writeFileSync(path, 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n');
    const pointer = { code: 'E_TOKENIZER_INVALID', exitCode: 65, message: expect.stringContaining('Git LFS pointer') };
    await expect(loadTokenizer(folder)).rejects.toMatchObject(pointer);
    writeFileSync(path, '<html>');
    await expect(loadTokenizer(folder)).rejects.toMatchObject({ message: expect.stringContaining('not JSON') });
    writeFileSync(path, '{"model": {"type": "none of these"}}');
    await expect(loadTokenizer(folder)).rejects.toMatchObject({ code: 'E_TOKENIZER_UNSUPPORTED', where: path });
  });

  it('is refused for a model with fewer tokens, not for one with padding', async () => {
    const tokenizer = await loadTokenizer(join(HUB_LIKE, 'qwen2'));
    expect(tokenizer.vocabularySize).toBe(500);
    expect(fitTokenizer(tokenizer, 512, 'here')).toBe(tokenizer);
    expect(() => fitTokenizer(tokenizer, 490, 'here')).toThrow(
      expect.objectContaining({ code: 'E_TOKENIZER_MISMATCH', exitCode: 65, where: 'here' }),
    );
  });
});
