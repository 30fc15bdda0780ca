import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodesByError } from '../../scripts/reference/exit-codes.js';
import { PAGES } from '../../scripts/reference/pages.js';
import { ROOT } from '../../scripts/reference/source.js';
import { ERROR_CODES } from '../../src/error-codes.js';

describe('the generated reference', () => {
  it.each(Object.entries(PAGES))('docs/reference/%s is what npm run docs:reference writes', (name, render) => {
    expect(readFileSync(join(ROOT, 'docs/reference', name), 'utf8')).toBe(render());
  });
});

describe('error codes', () => {
  const exits = exitCodesByError();

  it('have an exit code each, found in the code that throws them', () => {
    const without = Object.keys(ERROR_CODES).filter((code) => (exits.get(code) ?? []).length === 0);
    expect(without).toEqual([]);
  });

  it.each([
    ['E_DATA_MISSING', [66]],
    ['E_DATA_PERMISSION', [77]],
    ['E_DATA_DRIFT', [65]],
    ['E_HUB_BUSY', [75]],
    ['E_ENDPOINT_BUSY', [75]],
    ['E_PLUGIN_LOAD', [78]],
    ['E_PLUGIN_THROW', [70]],
    ['E_TASK_NOT_FOUND', [64, 66]],
    ['E_INTERRUPTED', [0, 129, 130, 143]],
  ])('%s is found with %j', (code, expected) => {
    expect(exits.get(code)).toEqual(expected);
  });
});
