import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../src/lm/load.js';
import { inspectModel } from '../../src/lm/onnx/families/inspect-model.js';
import { HUB_LIKE } from './onnx/hub-like.js';

const FAMILIES = join(import.meta.dirname, '../fixtures/families');

const files = [HUB_LIKE, FAMILIES].flatMap((root) =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const path = join(root, name);
      const stems = readdirSync(join(path, 'onnx')).filter((file) => file.endsWith('.onnx'));
      return stems.map((file) => [name, file, path] as const);
    }),
);

describe('inspection says what loading does', () => {
  it.each(files)('%s/%s', async (_, file, path) => {
    const { usableAs, refusal } = await inspectModel(path, file);
    const loading = loadLanguageModel(path, { dtype: file, allowDynamicInt8: true });
    if (refusal !== undefined) {
      await expect(loading).rejects.toThrow(refusal);
      return;
    }
    const { capabilities, dispose } = await loading;
    const uses = [
      capabilities.hiddenStates && 'generator',
      capabilities.labelScores && 'target',
      capabilities.classify && 'classifier',
      capabilities.embed && 'embedder',
    ].filter((use) => use !== undefined);
    expect([...usableAs]).toEqual(uses);
    await dispose();
  });
});
