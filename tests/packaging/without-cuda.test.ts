import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RUNTIME = join(ROOT, 'node_modules/onnxruntime-node');
const BINARIES = join('node_modules/onnxruntime-node/bin/napi-v6', process.platform, process.arch);

/** A project as npm lays it out, up to the moment before the install scripts of the dependencies. */
function project(dependencies: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'rlprompt-install-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', dependencies }));
  mkdirSync(join(folder, 'node_modules/rlprompt'), { recursive: true });
  cpSync(join(ROOT, 'packaging'), join(folder, 'node_modules/rlprompt/packaging'), { recursive: true });
  cpSync(join(RUNTIME, 'script'), join(folder, 'node_modules/onnxruntime-node/script'), { recursive: true });
  cpSync(join(RUNTIME, 'package.json'), join(folder, 'node_modules/onnxruntime-node/package.json'));
  for (const name of ['adm-zip', 'global-agent']) writeModule(folder, name);
  return folder;
}

/** What the install script loads before it looks for its files. */
function writeModule(folder: string, name: string): void {
  mkdirSync(join(folder, 'node_modules', name), { recursive: true });
  writeFileSync(join(folder, 'node_modules', name, 'index.js'), 'exports.bootstrap = () => {};');
}

/** The files that stand in for CUDA libraries after the step. */
function standIns(folder: string, settings: Record<string, string> = {}): string[] {
  execFileSync(process.execPath, ['packaging/without-cuda.mjs'], {
    cwd: join(folder, 'node_modules/rlprompt'),
    env: { PATH: process.env.PATH, npm_config_local_prefix: folder, ...settings },
  });
  return existsSync(join(folder, BINARIES)) ? readdirSync(join(folder, BINARIES)) : [];
}

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('installing beside onnxruntime-node', () => {
  it('spares the download, and its install script ends at once', () => {
    const folder = project({ rlprompt: '0.1.0' });
    expect(standIns(folder)).toContain('libonnxruntime_providers_cuda.so');
    const said = execFileSync(process.execPath, ['script/install.js'], {
      cwd: join(folder, 'node_modules/onnxruntime-node'),
      env: { PATH: process.env.PATH },
      encoding: 'utf8',
    });
    expect(said).toBe('');
  });

  it('leaves a project alone that uses the runtime itself, or says what it wants', () => {
    expect(standIns(project({ rlprompt: '0.1.0', 'onnxruntime-node': '1.30.0' }))).toEqual([]);
    expect(standIns(project({ rlprompt: '0.1.0' }), { ONNXRUNTIME_NODE_INSTALL: 'cuda12' })).toEqual([]);
  });
});

describe('the lock file', () => {
  it('has no install script that reaches outside the registry, for versions of npm that know no allowScripts', () => {
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    expect(lock.packages['node_modules/onnxruntime-node']).toBeDefined();
    expect(lock.packages['node_modules/onnxruntime-node']?.hasInstallScript).toBeUndefined();
  });
});
