// npm runs this before the install scripts of the dependencies.
//
// Two dependencies bring files that this program never loads: onnxruntime-node the runtime for every other system (some 200 MB), and
// @huggingface/transformers the runtime for browsers (140 MB). They are removed where nothing else can need them: in a global
// installation, in the program's own folder, and in a project whose only dependency is rlprompt. Whatever goes wrong here must not
// stop an installation.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

const { resolve } = createRequire(import.meta.url);

try {
  if (isAlone()) {
    removeOtherSystems(dirname(resolve('onnxruntime-node/package.json')));
    removeBrowserRuntime();
  }
} catch (error) {
  console.warn(`rlprompt: could not remove files that it does not use: ${error.message}`);
}

function isAlone() {
  const manifest = join(process.env.npm_config_local_prefix ?? '', 'package.json');
  if (process.env.npm_config_global === 'true' || !existsSync(manifest)) return true;
  const { name, dependencies, devDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  return name === 'rlprompt' || Object.keys({ ...dependencies, ...devDependencies }).every((one) => one === 'rlprompt');
}

function removeOtherSystems(root) {
  const builds = join(root, 'bin/napi-v6');
  // Where this system has no build, it is not for this step to say so.
  if (!existsSync(join(builds, platform(), arch()))) return;
  for (const system of readdirSync(builds)) {
    if (system !== platform()) rmSync(join(builds, system), { recursive: true });
  }
  for (const processor of readdirSync(join(builds, platform()))) {
    if (processor !== arch()) rmSync(join(builds, platform(), processor), { recursive: true });
  }
}

/** Node's build of transformers.js runs on onnxruntime-node. */
function removeBrowserRuntime() {
  const { resolve: resolveThere } = createRequire(resolve('@huggingface/transformers'));
  for (const folder of resolveThere.paths('onnxruntime-web') ?? []) {
    rmSync(join(folder, 'onnxruntime-web/dist'), { recursive: true, force: true });
  }
}
