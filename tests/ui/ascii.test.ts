import { describe, expect, it } from 'vitest';
import { toAscii, wantsAscii } from '../../src/ui/ascii.js';

describe('a terminal without UTF-8', () => {
  it.each([
    [{ LC_ALL: 'C' }, true],
    [{ LC_ALL: 'C.UTF-8', LANG: 'C' }, false],
    [{ LC_ALL: '', LC_CTYPE: 'POSIX', LANG: 'de_DE.UTF-8' }, true],
    [{ LANG: 'en_GB.utf8' }, false],
    [{}, false],
  ])('is told by the locale %o: %s', (env, isAscii) => expect(wantsAscii(env)).toBe(isAscii));

  it('gets every character in ASCII, as wide as it was, with the curves at their heights', () => {
    expect(toAscii('0.86┤⠁⣀⣿⠀ ★ “go” … ↑ ↓')).toBe(`0.86|'.:  * "go" ~ ^ v`);
  });
});
