// npm runs this before the install scripts of the dependencies.
//
// On Linux, onnxruntime-node's install script downloads CUDA libraries, several hundred megabytes, from a host outside the
// registry, and the whole installation fails where that host cannot be reached. rlprompt needs the CPU build only, which is inside
// the package. The script ends without a download when its files are there, so empty ones are put in their places. They are never
// loaded on the CPU. A project that has onnxruntime-node as a dependency itself, or says with ONNXRUNTIME_NODE_INSTALL what it
// wants, is left alone. Whatever goes wrong here must not stop an installation.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

const SETTINGS = ['ONNXRUNTIME_NODE_INSTALL', 'ONNXRUNTIME_NODE_INSTALL_CUDA'];

try {
  if (!isWanted()) standIn();
} catch (error) {
  console.warn(`rlprompt: could not spare the download of CUDA libraries: ${error.message}`);
}

function isWanted() {
  if (SETTINGS.some((name) => process.env[name] ?? process.env[`npm_config_${name.toLowerCase()}`])) return true;
  const manifest = join(process.env.npm_config_local_prefix ?? '', 'package.json');
  if (process.env.npm_config_global === 'true' || !existsSync(manifest)) return false;
  const { name, dependencies, devDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  return name !== 'rlprompt' && 'onnxruntime-node' in { ...dependencies, ...devDependencies };
}

function standIn() {
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve('onnxruntime-node/package.json'));
  const { requirements, manifests } = require(join(root, 'script/install-metadata.js'));
  const machine = `${platform()}/${arch()}`;
  for (const requirement of requirements[machine] ?? []) {
    for (const file of Object.keys(manifests[`${machine}:${requirement}`] ?? {})) {
      const path = join(root, 'bin/napi-v6', machine, file);
      mkdirSync(dirname(path), { recursive: true });
      if (!existsSync(path)) writeFileSync(path, '');
    }
  }
}
