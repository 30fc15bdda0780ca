import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project, put, ROOT, runStep } from './installed-project.js';

const RUNTIME = join(ROOT, 'node_modules/onnxruntime-node');
const BINARIES = join('node_modules/onnxruntime-node/bin/napi-v6', process.platform, process.arch);

/** A project with the install script of the runtime, and what it loads before it looks for its files. */
function withRuntime(dependencies: Record<string, string>): string {
  const folder = project(dependencies);
  cpSync(join(RUNTIME, 'script'), join(folder, 'node_modules/onnxruntime-node/script'), { recursive: true });
  cpSync(join(RUNTIME, 'package.json'), join(folder, 'node_modules/onnxruntime-node/package.json'));
  for (const name of ['adm-zip', 'global-agent']) {
    put(join(folder, 'node_modules', name, 'index.js'), 'exports.bootstrap = () => {};');
  }
  return folder;
}

/** The files that stand in for CUDA libraries after the step. */
function standIns(folder: string, settings: Record<string, string> = {}): string[] {
  runStep(folder, 'without-cuda', settings);
  return existsSync(join(folder, BINARIES)) ? readdirSync(join(folder, BINARIES)) : [];
}

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('installing beside onnxruntime-node', () => {
  it('spares the download, and its install script ends at once', () => {
    const folder = withRuntime({ rlprompt: '0.1.0' });
    expect(standIns(folder)).toContain('libonnxruntime_providers_cuda.so');
    const said = execFileSync(process.execPath, ['script/install.js'], {
      cwd: join(folder, 'node_modules/onnxruntime-node'),
      env: { PATH: process.env.PATH },
      encoding: 'utf8',
    });
    expect(said).toBe('');
  });

  it('leaves a project alone that uses the runtime itself, or says what it wants', () => {
    expect(standIns(withRuntime({ rlprompt: '0.1.0', 'onnxruntime-node': '1.30.0' }))).toEqual([]);
    expect(standIns(withRuntime({ rlprompt: '0.1.0' }), { ONNXRUNTIME_NODE_INSTALL: 'cuda12' })).toEqual([]);
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
