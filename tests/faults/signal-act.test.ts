import { existsSync } from 'node:fs';
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
