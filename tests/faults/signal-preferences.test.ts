import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyFolder, lastLine, runCli } from '../cli/spawn-cli.js';

/** Few texts, whose states are soon known, in many rankings of nine of them: nearly all the time goes into the fits. */
function manyRankings(): string {
  const texts = Array.from({ length: 12 }, (_, i) => `the offer of line ${i}`);
  const lines = Array.from({ length: 2000 }, (_, line) => {
    const items = [...texts.slice(line % 12), ...texts.slice(0, line % 12)].slice(0, 9);
    return JSON.stringify({ items, order: items.map((_, place) => [(place * 2 + line) % 9]), rater: `r${line}` });
  });
  return `${lines.join('\n')}\n`;
}

it.skipIf(process.platform === 'win32')('fitting a reward model ends at Ctrl-C, with nothing written', async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'rankings.jsonl'), manyRankings());
  let stoppedAt = 0;
  const { code, stderr } = await runCli(['preferences', 'fit', 'rankings.jsonl'], {
    cwd,
    onStart: (child) => {
      setTimeout(() => {
        stoppedAt = performance.now();
        child.kill('SIGINT');
      }, 3000);
    },
  });
  expect(code).toBe(130);
  // Six fits without a pause take a minute and more.
  expect(performance.now() - stoppedAt).toBeLessThan(3000);
  expect(lastLine(stderr)).toContain('the rankings are unchanged, no reward model was written');
  expect(existsSync(join(cwd, 'reward-model.json'))).toBe(false);
});
