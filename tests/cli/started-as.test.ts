import { describe, expect, it } from 'vitest';
import { asStarted, startedAs } from '../../src/cli/output/started-as.js';

const start = (script: string, env = {}) => ({ script, cwd: '/home/me/work', env });

describe('how the program was started', () => {
  it.each([
    ['/usr/local/bin/rlprompt', {}, 'rlprompt'],
    ['/home/me/work/node_modules/.bin/rlprompt', { npm_command: 'exec' }, 'npx rlprompt'],
    ['/home/me/work/node_modules/.bin/rlprompt', { npm_command: 'run-script' }, 'npx rlprompt'],
    ['/home/me/work/node_modules/rlprompt/bin/rlprompt.js', {}, 'rlprompt'],
    ['/home/me/work/bin/rlprompt.js', { npm_command: 'start' }, 'node bin/rlprompt.js'],
    ['/home/me/it is/bin/rlprompt.js', {}, 'node "../it is/bin/rlprompt.js"'],
  ])('%s', (script, env, words) => {
    expect(startedAs(start(script, env))).toBe(words);
  });

  it('is how hints begin, and nothing else', () => {
    const text = 'rlprompt: E_X: rlprompt resume runs/a · .cache/rlprompt run · rlprompt --help · rlprompt resumes';
    expect(asStarted(text, ['run', 'resume'], start('/home/me/work/bin/rlprompt.js'))).toBe(
      'rlprompt: E_X: node bin/rlprompt.js resume runs/a · .cache/rlprompt run · node bin/rlprompt.js --help · rlprompt resumes',
    );
    expect(asStarted(text, ['run', 'resume'], start('/usr/bin/rlprompt'))).toBe(text);
  });
});
