import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';

const folder = mkdtempSync(join(tmpdir(), 'phrases-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: string | Uint8Array): string {
  const path = join(folder, 'phrases.txt');
  writeFileSync(path, content);
  return path;
}

describe('a file of phrases', () => {
  it('is kept as the list it holds, so that a run does not need the file again', () => {
    const given = { task: 'spam', trainer: 'ppo', actions: fileOf('It was\n\n  All in all \r\nIt was\n') } as const;
    const config = completeRunConfig(given);
    expect(config.actions).toEqual(['It was', 'All in all']);
    expect(completeRunConfig(config)).toEqual(config);
  });

  it.each([
    ['one phrase', 'It was\n', 'it holds 1 phrases'],
    ['bytes that are not UTF-8', Uint8Array.of(0x61, 0xff, 0x0a, 0x62), 'not valid'],
  ])('is refused with %s', (_, content, message) => {
    expect(() => completeRunConfig({ task: 'spam', trainer: 'ppo', actions: fileOf(content) })).toThrow(message);
  });

  it('is refused where it is missing, and with another trainer', () => {
    const missing = join(folder, 'nothing.txt');
    expect(() => completeRunConfig({ task: 'spam', trainer: 'ppo', actions: missing })).toThrow('ENOENT');
    expect(() => completeRunConfig({ task: 'spam', trainer: 'mcts', actions: fileOf('a\nb') })).toThrow(
      'actions cannot be given with trainer mcts: only ppo has it',
    );
  });
});
