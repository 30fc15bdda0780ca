import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PromptSummary } from '../../../src/events.js';
import { readBest, writeBest } from '../../../src/run/store/best-file.js';
import { compareManifest, describeDifference, refuseDrift } from '../../../src/run/store/manifest-drift.js';
import { type RunManifest, readManifest, writeManifest } from '../../../src/run/store/run-manifest.js';
import { temporaryFolder } from '../temporary-folder.js';

const manifest: RunManifest = {
  schemaVersion: 1,
  versions: { rlprompt: '0.1.0', node: '20.20.2', 'onnxruntime-node': '1.30.0' },
  created: '2025-11-22T07:05:11.000Z',
  seed: 0,
  task: 'spam',
  generator: 'rlprompt-mini',
  targetLm: 'rlprompt-mini',
  digests: { task: 'aa', data: 'bb', generator: 'cc', targetLm: 'cc' },
  config: { steps: 80, testSize: 'all', learningRate: 1e-3, rewardTo: [0, 5], initPrompts: [] },
};

const changed = (changes: Partial<RunManifest>): RunManifest => ({ ...manifest, ...changes });

describe('the manifest of a run', () => {
  it('comes back as it was written', () => {
    const runDir = temporaryFolder();
    writeManifest(runDir, manifest);
    expect(readManifest(runDir)).toEqual(manifest);
  });

  it('says of an old run what it did: all test rows, and the tail of long inputs cut', () => {
    const runDir = temporaryFolder();
    writeManifest(runDir, { ...manifest, config: { steps: 80 } });
    expect(readManifest(runDir).config).toEqual({ steps: 80, testSize: 'all', truncate: 'tail' });
  });

  it('is refused where it is missing, damaged, incomplete or newer than the program', () => {
    const runDir = temporaryFolder();
    expect(() => readManifest(runDir)).toThrow(expect.objectContaining({ code: 'E_NOT_A_RUN', exitCode: 66 }));
    const path = join(runDir, 'run.json');
    for (const text of ['', '{"schema', 'null', '{"schemaVersion":1}', JSON.stringify({ ...manifest, seed: '0' })]) {
      writeFileSync(path, text);
      expect(() => readManifest(runDir)).toThrow(expect.objectContaining({ code: 'E_MANIFEST', exitCode: 65 }));
    }
    writeFileSync(path, JSON.stringify({ ...manifest, schemaVersion: 4 }));
    const message = expect.stringMatching(/format 4.*up to 1/) as string;
    expect(() => readManifest(runDir)).toThrow(
      expect.objectContaining({ code: 'E_RUN_VERSION', exitCode: 65, message }),
    );
  });
});

describe('drift', () => {
  it('is none between a manifest and itself written at another time, keys in another order', () => {
    const { steps, ...others } = manifest.config;
    expect(compareManifest(manifest, changed({ created: 'later', config: { ...others, steps } }))).toEqual([]);
  });

  it('names every difference with old and new value', () => {
    const now = changed({ seed: 1, config: { ...manifest.config, learningRate: 0.01, rewardTo: [0, 6], topK: 256 } });
    expect(compareManifest(manifest, now).map(describeDifference)).toEqual([
      'config.learningRate was 0.001, is 0.01',
      'config.rewardTo was [0,5], is [0,6]',
      'seed was 0, is 1',
      'config.topK was not set, is 256',
    ]);
  });

  it('leaves settings alone that may change', () => {
    expect(compareManifest(manifest, changed({ config: { ...manifest.config, steps: 200 } }), ['steps'])).toEqual([]);
  });

  it.each([
    ['data', { digests: { ...manifest.digests, data: 'xx' } }, 'E_DATA_DRIFT', 65],
    ['a model', { digests: { ...manifest.digests, targetLm: 'xx' } }, 'E_DRIFT', 78],
    ['a setting', { config: { ...manifest.config, learningRate: 1 } }, 'E_DRIFT', 78],
  ])('of %s is refused', (_, change, code, exitCode) => {
    const differences = compareManifest(manifest, changed(change));
    expect(() => refuseDrift(differences, 'runs/x')).toThrow(expect.objectContaining({ code, exitCode }));
  });

  it('of versions is told but not refused', () => {
    const differences = compareManifest(manifest, changed({ versions: { ...manifest.versions, node: '22.0.0' } }));
    expect(differences).toEqual([{ key: 'versions.node', old: '20.20.2', now: '22.0.0', kind: 'environment' }]);
    refuseDrift(differences, 'runs/x');
  });
});

describe('best.json', () => {
  const prompt: PromptSummary = {
    tokenIds: [1, 2],
    tokens: ['Ġa', 'b'],
    text: 'ab',
    step: 3,
    reward: 61.5,
    train: { accuracy: 1 },
    origin: 'policy',
  };

  it('comes back as it was written, and is undefined before', () => {
    const runDir = temporaryFolder();
    expect(readBest(runDir)).toBeUndefined();
    writeBest(runDir, { schemaVersion: 1, prompt });
    expect(readBest(runDir)).toEqual({ schemaVersion: 1, prompt });
    expect(readFileSync(join(runDir, 'best.json'), 'utf8')).toContain('"text": "ab"');
  });

  it('is refused where it is damaged, and numbers are that JSON cannot hold', () => {
    const runDir = temporaryFolder();
    for (const text of ['', '{}', 'null', '{"schemaVersion":2}']) {
      writeFileSync(join(runDir, 'best.json'), text);
      expect(() => readBest(runDir)).toThrow(expect.objectContaining({ code: 'E_BEST_FILE', exitCode: 65 }));
    }
    const bad = { schemaVersion: 1, prompt: { ...prompt, reward: Number.NaN } } as const;
    expect(() => writeBest(runDir, bad)).toThrow(expect.objectContaining({ code: 'E_NOT_JSON' }));
  });
});
