import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyFolder, lastLine, runCli } from '../cli/spawn-cli.js';

it.skipIf(process.platform === 'win32')(
  'learning to act that is stopped names what resumes it: its folder is there',
  async () => {
    const cwd = emptyFolder();
    const stopped = await runCli(['act', 'train', 'kitchen', '--out', 'cook'], {
      cwd,
      onStart: async (child) => {
        while (!existsSync(join(cwd, 'cook/act.json'))) await new Promise((done) => setTimeout(done, 50));
        await new Promise((done) => setTimeout(done, 1000));
        child.kill('SIGINT');
      },
    });
    expect(stopped.code).toBe(130);
    expect(lastLine(stopped.stderr)).toMatch(
      /^rlprompt: E_INTERRUPTED: .* · (nothing was learned yet|what was learned up to update \d+) · rlprompt act resume cook$/,
    );
  },
);

const MANY = `import { writeFileSync } from 'node:fs';
const actions = Array.from({ length: 900 }, (_, i) => 'take the box number ' + i + ' to the left');
const seen = { observation: 'I', actions };
const reset = () => (writeFileSync('begun', ''), seen);
export default { kind: 'environment', name: 'boxes', tasks: { train: ['go'], test: ['stay'] }, reset, step: () => ({ ...seen, reward: 0, done: true }) };
`;

it.skipIf(process.platform === 'win32')('a signal is obeyed while hundreds of phrases are read', async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'boxes.mjs'), MANY);
  let sent = 0;
  const stopped = await runCli(['act', 'score', './boxes.mjs'], {
    cwd,
    onStart: async (child) => {
      while (!existsSync(join(cwd, 'begun'))) await new Promise((done) => setTimeout(done, 50));
      await new Promise((done) => setTimeout(done, 500));
      sent = performance.now();
      child.kill('SIGINT');
    },
  });
  expect(stopped.code).toBe(130);
  expect(performance.now() - sent).toBeLessThan(2500);
});
