import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { runInProcess } from '../cli/in-process-cli.js';
import { emptyFolder } from '../cli/spawn-cli.js';

/** Some of the kitchen's training tasks, with plans of 4 to 7 steps: all 18 of them take ten times as long to learn. */
const TASKS = ['washed egg', 'washed and chopped apple', 'boiled egg'];

it('PPO acts in the best way in 95 % of the kitchen’s training episodes', { timeout: 300_000 }, async () => {
  const cwd = emptyFolder();
  const kitchen = pathToFileURL(join(import.meta.dirname, '../../dist/tasks/kitchen/environment.js')).href;
  writeFileSync(
    join(cwd, 'small-kitchen.mjs'),
    `import kitchen from ${JSON.stringify(kitchen)};
    export default { ...kitchen, name: 'small-kitchen', tasks: { train: ${JSON.stringify(TASKS)}, test: ['boiled carrot'] } };`,
  );
  const args = ['--updates', '60', '--timeout', '300', '--out', 'cook', '--json'];
  const { code, stdout, stderr } = await runInProcess(['act', 'train', 'small-kitchen.mjs', ...args], { cwd });
  expect(code, stderr).toBe(0);
  const { train } = JSON.parse(stdout);
  expect(train.episodes).toBe(TASKS.length);
  expect(train.best).toBeGreaterThanOrEqual(0.95);
});
