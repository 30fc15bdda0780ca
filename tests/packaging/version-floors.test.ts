import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
}

/** Versions before these have a known weakness, or were not probed with bad models and files. */
const FLOORS: Readonly<Record<string, string>> = {
  'adm-zip': '0.6.1',
  'js-yaml': '4.2.0',
  'onnxruntime-node': '1.30.0',
  protobufjs: '7.5.6',
  tar: '7.5.16',
  undici: '7.30.2',
  yaml: '2.9.1',
};

const path = resolve(import.meta.dirname, '../../package-lock.json');
const { packages } = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, LockedPackage> };

it('every copy of a package that is installed with the program is no older than its last mended weakness', () => {
  const copies = Object.entries(packages).flatMap(([place, { version = '', dev = false }]) => {
    const name = place.split('node_modules/').at(-1) ?? '';
    const floor = FLOORS[name];
    return floor === undefined || dev ? [] : [{ place, version, isOld: compare(version, floor) < 0 }];
  });
  expect(copies.filter(({ isOld }) => isOld)).toEqual([]);
  expect(copies.map(({ place }) => place)).toEqual(
    expect.arrayContaining(['node_modules/onnxruntime-node', 'node_modules/protobufjs', 'node_modules/undici']),
  );
});

function compare(a: string, b: string): number {
  const parts = a.split('.').map(Number);
  const others = b.split('.').map(Number);
  const at = parts.findIndex((part, i) => part !== others[i]);
  return at < 0 ? 0 : (parts[at] ?? 0) - (others[at] ?? 0);
}
