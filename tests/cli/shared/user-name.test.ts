import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** A number that no list of users names, as containers have it. */
const UNLISTED = 54_321;
const COMPILED = join(resolve(import.meta.dirname, '../../..'), 'dist/src/cli/shared/user-name.js');

/** Only root may start a process as somebody else; and that one has to be able to reach Node. */
function asUnlisted(source: string, env: Readonly<Record<string, string>> = {}) {
  const args = ['--input-type=module', '-e', source];
  return spawnSync(process.execPath, args, { uid: UNLISTED, cwd: '/', env, encoding: 'utf8' });
}

const canTry = process.getuid?.() === 0 && asUnlisted('').status === 0;

describe('the name of the user', () => {
  it.skipIf(!canTry)('is that of the environment where the system lists no such user, and else unknown', () => {
    // The text of the file and not the file: a stranger may not be let into this folder.
    const source = `${readFileSync(COMPILED, 'utf8')}\nconsole.log(JSON.stringify(userName(process.env) ?? null));`;
    const nameWith = (env: Readonly<Record<string, string>>) => JSON.parse(asUnlisted(source, env).stdout);
    expect(nameWith({ USER: 'anna', LOGNAME: 'ben' })).toBe('anna');
    expect(nameWith({ USER: '', LOGNAME: 'ben' })).toBe('ben');
    expect(nameWith({})).toBe(null);
  });
});
