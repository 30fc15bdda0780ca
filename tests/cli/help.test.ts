import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { runCommandLine } from '../../src/cli/program.js';
import { flagName } from '../../src/config/config-layers.js';
import { optionMeta, RUN_CONFIG_KEYS, runConfigSchema } from '../../src/config/run-config.js';
import { EXIT_CODES } from '../../src/errors.js';
import { runInProcess } from './in-process-cli.js';
import { BIN, emptyFolder, runCli } from './spawn-cli.js';

/** Prints every module the program resolves. */
const TRACE = `import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(
  "export async function resolve(s, c, n) { const r = await n(s, c); process._rawDebug('MODULE ' + r.url); return r; }"));`;

/** What a command line shows, without a process of its own. */
async function shown(...args: readonly string[]): Promise<string> {
  const parts: string[] = [];
  const { stderr, stdin, env } = process;
  const stdout = { write: (part: string) => void parts.push(part) };
  const abort = (error: Error): never => {
    throw error;
  };
  const asStarted = (text: string) => text;
  await runCommandLine(args, { stdout, stderr, stdin, env, asStarted, hasResult: false, abort });
  return parts.join('');
}

describe('rlprompt --help', () => {
  it('shows examples first, then every command and the exit codes, on stdout', async () => {
    const { code, stdout, stderr } = await runCli(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Examples:\n {2}\$ rlprompt run asking-mail/);
    for (const { name, summary } of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name} +${summary}`, 'm'));
    const told = stdout.slice(stdout.indexOf('Exit codes:')).match(/\d+/g)?.map(Number);
    expect(told).toEqual(Object.values(EXIT_CODES));
  });

  it('loads nothing heavy', async () => {
    const trace = `data:text/javascript,${encodeURIComponent(TRACE)}`;
    const { stderr } = await runCli(['--help'], { nodeFlags: ['--import', trace] });
    const modules = [...stderr.matchAll(/^MODULE (.*)$/gm)].map(([, url]) => url!);
    expect(modules.some((url) => url.includes('/commander/'))).toBe(true);
    expect(
      modules.filter((url) => /\/(zod|yaml|ink|react|jiti|onnxruntime-|@huggingface|protobufjs)\b/.test(url)),
    ).toEqual([]);
  });

  it('is what the bare name shows, too', async () => {
    expect((await runCli([])).stdout).toBe((await runCli(['--help'])).stdout);
  });

  it.each(COMMANDS.map(({ name }) => name))('starts with examples for %s', async (name) => {
    expect(await shown(name, '--help')).toMatch(new RegExp(`^Examples:\\n {2}\\S*>? ?\\S* ?rlprompt ${name}`));
  });

  it('is what config shows without a subcommand', async () => {
    expect(await runInProcess(['config'])).toEqual({ ...(await runInProcess(['config', '--help'])), code: 0 });
  });

  it('is also reached by the command help', async () => {
    expect(await shown('help', 'top')).toBe(await shown('top', '--help'));
  });

  it('shows what most runs need, a trainer, or what a word has to do with', async () => {
    const flags = (text: string) => [...text.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, flag]) => flag);
    const brief = await shown('run', '--help');
    const usual = flags(brief);
    expect(usual.length).toBeLessThanOrEqual(15);
    expect(brief.split('\n').length).toBeLessThanOrEqual(36);
    expect(Math.max(...brief.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(usual).toEqual(expect.arrayContaining(['text-column', 'steps', 'out']));
    expect(flags(await shown('run', '--help', 'all')).length).toBeGreaterThan(100);
    const ppo = flags(await shown('run', '--help', 'ppo'));
    expect(ppo).toEqual(expect.arrayContaining(['trainer', 'prior-beta', 'ppo-clip', 'kl-weight']));
    expect(ppo).not.toContain('text-column');
    for (const [topic, rate] of [
      ['ppo', 0.0001],
      ['reinforce', 0.001],
      ['log-variance', 0.0015],
    ] as const)
      expect(await shown('run', '--help', topic)).toMatch(
        new RegExp(`--learning-rate <RATE>[^(]*\\(default:\\s+${rate}[,)]`),
      );
    expect(await shown('help', 'run', 'ppo')).toBe(await shown('run', '--help', 'ppo'));
    expect(await shown('help', 'calibrate')).toMatch(/^run --calibrate +/m);
    expect(await shown('help', 'memory')).toMatch(/^run --max-memory +/m);
    for (const word of ['margin', 'fluency', 'plain', 'policy', 'cache hits'])
      expect(await shown('help', word)).toMatch(new RegExp(`^“${word}” +\\S`));
    await expect(shown('run', '--help', 'nothing')).rejects.toMatchObject({ code: 'E_USAGE', exitCode: 64 });
    expect(await runInProcess(['help', 'xyzzy'])).toMatchObject({ code: 64, stdout: '' });
  });

  it('names the default target of commands that have no generator', async () => {
    const target = async (command: string) =>
      /--target <MODEL> (.*?)\n {2}-/s.exec(await shown(command, '--help'))?.[1]?.replace(/\s+/g, ' ');
    expect(await target('predict')).toMatch(/\(default: the run’s\)/);
    expect(await target('worker')).toMatch(/\(default: mail-gpt-4m\)/);
    expect(await shown('worker', '--help')).not.toContain('see rlprompt worker');
  });

  it('lists every setting under its group, with its default', async () => {
    const stdout = await shown('run', '--help', 'all');
    const text = stdout.replace(/\s+/g, ' ');
    for (const key of RUN_CONFIG_KEYS) {
      const { argument, group, description } = optionMeta(key);
      if (argument) continue;
      expect(text).toMatch(new RegExp(`--(no-)?${flagName(key)}\\b`));
      expect(text).toContain(description);
      expect(stdout).toContain(`\n${group}:\n`);
    }
    expect(text).toContain(`(default: ${runConfigSchema.parse({ task: 'x' }).innerSize})`);
    expect(text).toContain('paper: 12000');
  });
});

describe('rlprompt --version', () => {
  it('prints the version alone', async () => {
    const { code, stdout } = await runCli(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('rlprompt completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints a script for %s', async (shell) => {
    const { code, stdout } = await runCli(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toContain('rlprompt');
    expect(stdout.length).toBeGreaterThan(500);
  });

  it('completes commands, flags and the values a flag may have', async () => {
    expect((await runCli(['complete', '--', ''])).stdout).toMatch(/^run\tsearch for a prompt$/m);
    expect((await runCli(['complete', '--', 'run', '--ste'])).stdout).toMatch(/^--steps\t/m);
    expect((await runCli(['complete', '--', 'run', '--preset', ''])).stdout).toMatch(/^paper/m);
  });

  it('leaves arguments that are files to the shell', async () => {
    expect((await runCli(['complete', '--', 'run', ''])).stdout).toBe(':0\n');
  });
});

describe.skipIf(spawnSync('fish', ['--version']).status !== 0)('the fish completion script', () => {
  it('completes, also when it was sourced twice', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'rlprompt'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, { mode: 0o755 });
    const { stdout: script } = await runCli(['completion', 'fish']);
    const command = `${script}\n${script}\ncomplete -C 'rlprompt che'; complete -C 'rlprompt run --ste'`;
    const env = { ...process.env, HOME: folder, PATH: `${folder}:${process.env.PATH}` };
    const { stdout, stderr } = spawnSync('fish', ['-N', '-c', command], { encoding: 'utf8', env });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^check\t/m);
    expect(stdout).toMatch(/^--steps\t/m);
  });
});

describe('the bash completion script', () => {
  it('may be sourced twice', async () => {
    const { stdout } = await runCli(['completion', 'bash']);
    const twice = spawnSync('bash', ['-c', `${stdout}\n${stdout}\necho loaded`], { encoding: 'utf8' });
    expect(twice).toMatchObject({ stdout: 'loaded\n', stderr: '', status: 0 });
  });

  it('completes commands without the package bash-completion, and files where no word is proposed', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'rlprompt'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, { mode: 0o755 });
    const { stdout: script } = await runCli(['completion', 'bash']);
    // Bash offers compopt within a completion only.
    const tab = `compopt() { :; }; COMP_WORDS=(rlprompt che); COMP_CWORD=1; __rlprompt_complete; echo "\${COMPREPLY[@]}"; complete -p rlprompt`;
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${script}\n${tab}`], { encoding: 'utf8', env });
    expect(stderr).toBe('');
    expect(stdout).toBe('check\ncomplete -o default -F __rlprompt_complete rlprompt\n');
  });
});
