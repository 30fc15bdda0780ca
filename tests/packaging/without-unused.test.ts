import { existsSync, readdirSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project, put, runStep } from './installed-project.js';

const BUILDS = 'node_modules/onnxruntime-node/bin/napi-v6';
const BROWSER = 'node_modules/onnxruntime-web/dist';

/** What the dependencies bring, in small. */
function installed(dependencies: Record<string, string>): string {
  const folder = project(dependencies);
  put(join(folder, 'node_modules/onnxruntime-node/package.json'), '{"name":"onnxruntime-node"}');
  for (const build of [`${platform()}/${arch()}`, `${platform()}/z80`, 'plan9/x64'])
    put(join(folder, BUILDS, build, 'runtime'));
  put(join(folder, 'node_modules/@huggingface/transformers/package.json'), '{"main":"main.js"}');
  put(join(folder, 'node_modules/@huggingface/transformers/main.js'));
  put(join(folder, BROWSER, 'runtime.wasm'));
  return folder;
}

/** What is left after the step: systems, processors of this system, and whether the runtime for browsers is there. */
function left(folder: string, settings: Record<string, string> = {}): unknown[] {
  runStep(folder, 'without-unused', settings);
  const [systems, processors] = [BUILDS, join(BUILDS, platform())].map((path) => readdirSync(join(folder, path)));
  return [systems, processors, existsSync(join(folder, BROWSER))];
}

describe('installing', () => {
  it('removes the builds of other systems and the runtime for browsers where nothing else can need them', () => {
    const trimmed = [[platform()], [arch()], false];
    const alone = installed({ rlprompt: '0.2.0' });
    expect(left(alone)).toEqual(trimmed);
    // npm repeats the steps of the program's own folder.
    expect(left(alone)).toEqual(trimmed);
    expect(left(installed({ rlprompt: '0.2.0', vite: '1.0.0' }), { npm_config_global: 'true' })).toEqual(trimmed);
  });

  it('leaves a project alone that has other dependencies', () => {
    const [systems, processors, hasBrowser] = left(installed({ rlprompt: '0.2.0', vite: '1.0.0' }));
    expect([systems, processors, hasBrowser]).toEqual([['plan9', platform()].sort(), [arch(), 'z80'].sort(), true]);
  });
});
