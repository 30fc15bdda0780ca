import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/**
 * `npm run try:package -- [VERSION…]`: packs what is built, installs it into an empty folder for each version of Node, and
 * tries what a newcomer tries first. The npm package `node` brings each version's binary. Prints the installed size per version;
 * ends with 1 where a command fails.
 */
const wanted = process.argv.slice(2);
const versions = wanted.length > 0 ? wanted : ['20', '22', '24', '26'];
const ROOT = resolve(import.meta.dirname, '../..');
/** The first example of the help, shortened, is among them. */
const TRIES = [
  ['--version'],
  ['--help'],
  ['check', 'mails.csv'],
  ['run', 'asking-mail', '--steps', '2', '--ui', 'plain', '--out', 'first'],
];
const ROWS = ['Win a prize now,spam', 'See you at the meeting,ham', 'Free money waits,spam', 'The patch is merged,ham'];
/** Milliseconds; a busy machine takes minutes. */
const PATIENCE = 15 * 60_000;

/** Installs a package by name, or a file of one, without what npm would say. */
function install(folder: string, what: string, env: NodeJS.ProcessEnv): void {
  execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel', 'error', what], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: PATIENCE,
  });
}

/** Bytes of all files; links are not followed. */
function sizeOf(path: string): number {
  const facts = lstatSync(path);
  if (!facts.isDirectory()) return facts.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @returns the commands that failed, with what they said */
function tryVersion(version: string, tarball: string, work: string): string[] {
  const [tools, home] = [join(work, `node-${version}`), join(work, `home-${version}`)];
  install(tools, `node@${version}`, process.env);
  const env = { ...process.env, PATH: [join(tools, 'node_modules/node/bin'), process.env.PATH].join(delimiter) };
  install(home, tarball, env);
  const size = sizeOf(join(home, 'node_modules'));
  const rows = Array.from({ length: 24 }, (_, i) => ROWS[i % ROWS.length]?.replace(',', ` ${i},`));
  writeFileSync(join(home, 'mails.csv'), `text,label\n${rows.join('\n')}\n`);
  const failures = TRIES.flatMap((words) => {
    const program = join(home, 'node_modules/.bin/rlprompt');
    const { status, stderr } = spawnSync(program, words, { cwd: home, env, encoding: 'utf8', timeout: PATIENCE });
    return status === 0 ? [] : [`Node ${version}: rlprompt ${words.join(' ')} ended with ${status}\n${stderr}`];
  });
  const exact = execFileSync('node', ['--version'], { env, encoding: 'utf8' }).trim();
  process.stdout.write(
    `Node ${exact}: ${TRIES.length - failures.length} of ${TRIES.length} commands, installed ${megabytes(size)}\n`,
  );
  for (const folder of [tools, home]) rmSync(folder, { recursive: true, force: true });
  return failures;
}

const work = mkdtempSync(join(tmpdir(), 'rlprompt-package-'));
try {
  // Without scripts, which would build again.
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--loglevel', 'error', '--pack-destination', work], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const tarball = join(work, packed.trim().split('\n').at(-1) ?? '');
  process.stdout.write(`packed: ${megabytes(lstatSync(tarball).size)}\n`);
  const failures = versions.flatMap((version) => tryVersion(version, tarball, work));
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}
