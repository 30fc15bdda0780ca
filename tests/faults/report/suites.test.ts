import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { SUITES } from './suites.js';

const ROOT = resolve(import.meta.dirname, '../../..');

it('every file of a suite is there, in one suite only', () => {
  const files = Object.values(SUITES).flat();
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(new Set(files).size).toBe(files.length);
});
