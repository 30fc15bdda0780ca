import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ScoreStore } from '../../../../src/rewards/cache/score-store.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a store of scores serves processes that write at the same time, one of them killed', async () => {
  const writer = (name: string, count: number) => {
    const source = `
      import { ScoreStore } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../../../dist/src/rewards/cache/score-store.js')).href)};
      const context = ScoreStore.open(${JSON.stringify(folder)}, { identity: ['digest', 'fp32'] }).context(['{input} {prompt}'], 2);
      for (let i = 0; i < ${count}; i++) {
        context.put([{ prompt: '${name}' + i, input: 'x', values: Float32Array.of(i, -i) }]);
        if (i === 100) console.log('going');
      }`;
    return spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  };
  const endless = writer('c', 1e9);
  const both = [writer('a', 500), writer('b', 500)];
  await Promise.all([...both.map((child) => once(child, 'exit')), once(endless.stdout!, 'data')]);
  endless.kill('SIGKILL');
  await once(endless, 'exit');
  const context = ScoreStore.open(folder, { identity: ['digest', 'fp32'] }).context(['{input} {prompt}'], 2);
  for (const name of ['a', 'b']) {
    for (let i = 0; i < 500; i++) expect([...context.get(`${name}${i}`, 'x')!]).toEqual([i, -i]);
  }
  for (let i = 0; i < 100; i++) expect([...context.get(`c${i}`, 'x')!]).toEqual([i, -i]);
});
