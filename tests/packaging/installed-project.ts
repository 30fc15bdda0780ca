import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A project as npm lays it out, up to the moment before the install scripts of the dependencies. */
export function project(dependencies: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'rlprompt-install-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', dependencies }));
  mkdirSync(join(folder, 'node_modules/rlprompt'), { recursive: true });
  cpSync(join(ROOT, 'packaging'), join(folder, 'node_modules/rlprompt/packaging'), { recursive: true });
  return folder;
}

/** Puts a file into a folder that may not be there yet. */
export function put(path: string, content = ''): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Runs a step of the installation as npm does; @returns what it printed */
export function runStep(folder: string, step: string, settings: Record<string, string> = {}): string {
  return execFileSync(process.execPath, [`packaging/${step}.mjs`], {
    cwd: join(folder, 'node_modules/rlprompt'),
    env: { PATH: process.env.PATH, npm_config_local_prefix: folder, ...settings },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
