import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
    await expectAgreement(path, file);
  });

  it.each([
    ['t5', 'longt5'],
    ['t5', 'mt5'],
    ['t5', 'bart'],
    ['t5', 'pegasus'],
    ['t5', 'whisper'],
    ['bart', 't5'],
    ['bart', 'longt5'],
    ['bart', 'mbart'],
    ['bart', 'marian'],
    ['bart', 'led'],
  ])('%s that says it is a %s', async (name, type) => {
    const path = withType(join(FAMILIES, name), type);
    await expectAgreement(path, 'decoder_model_merged.onnx');
  });

  it.each(['esm', 'roformer', 'mobilebert', 'qwen3'])(
    'a BERT without an architecture that says it is a %s',
    async (type) => {
      await expectAgreement(withType(join(HUB_LIKE, 'bert'), type), 'model.onnx');
    },
  );

  it('kinds of masked models are known by their type alone', async () => {
    const { family } = await inspectModel(withType(join(HUB_LIKE, 'bert'), 'esm'));
    expect(family).toBe('masked');
  });
});

async function expectAgreement(path: string, file: string): Promise<void> {
  const { usableAs, refusal } = await inspectModel(path, file, { tries: true });
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
}

/** A model with another type in its configuration, and no architecture. */
function withType(source: string, type: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'typed-'));
  cpSync(source, folder, { recursive: true });
  const path = join(folder, 'config.json');
  const { architectures: _, ...config } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...config, model_type: type }));
  return folder;
}
