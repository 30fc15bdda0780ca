import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../package-root.js';

/** What computes: the same run is bit-identical only under the same of these. */
export function programVersions(): Record<string, string> {
  return {
    rlprompt: versionIn(join(PACKAGE_ROOT, 'package.json')),
    node: process.versions.node,
    onnxruntime: versionIn(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
    platform: `${process.platform}-${process.arch}`,
  };
}

function versionIn(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
}
