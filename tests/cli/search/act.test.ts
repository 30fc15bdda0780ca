import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { worldFile } from '../../acting/world-file.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine } from '../spawn-cli.js';

/** Two doors, of which one leads out. */
const reset =
  "return { observation: 'You see two doors. You', actions: ['open the left door', 'wait'], bestReturn: 1 }";
const step = "return { observation: 'You', actions: ['wait'], reward: action === 'wait' ? 0 : 1, done: true }";

function folderWithWorld(): string {
  const cwd = emptyFolder();
  copyFileSync(worldFile(reset, step), join(cwd, 'doors.mjs'));
  return cwd;
}

describe('rlprompt act score', () => {
  it('plays each task and sets the ways to score a phrase side by side', async () => {
    const cwd = folderWithWorld();
    const { code, stdout } = await runInProcess(['act', 'score', 'doors.mjs', '--episodes', '2', '--json'], { cwd });
    expect(code).toBe(0);
    const { rows, environment } = JSON.parse(stdout);
    expect(environment).toBe('small');
    expect(rows.map(({ normalise }: { normalise: string }) => normalise)).toEqual(['none', 'token', 'word']);
    for (const { episodes, meanReturn, best, meanSteps } of rows) {
      expect([episodes, meanSteps]).toEqual([4, 1]);
      expect(meanReturn).toBe(best);
    }
  });

  it('names the environment that is not there', async () => {
    const { code, stderr } = await runInProcess(['act', 'score', 'castle'], { cwd: emptyFolder() });
    expect([code, lastLine(stderr)]).toEqual([66, expect.stringContaining('E_ENVIRONMENT_MISSING')]);
  });
});
