import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Concurrency } from '../../../src/lm/endpoint/client/request-gate.js';
import { loadEndpointModel } from '../../../src/lm/endpoint/openai.js';
import { requireCapability } from '../../../src/lm/load.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
import { FakeService } from './fake-service.js';

let service: FakeService;
beforeEach(async () => {
  service = await FakeService.start(() => [{ free: 0.5, list: 0.45, the: 0.05 }]);
});
afterEach(() => service.close());

describe('a service that takes 100 ms for an answer', () => {
  const rowsPerSecond = async (concurrency: Concurrency, count: number): Promise<number> => {
    const model = await loadEndpointModel('openai:tiny', service.settings({ concurrency }));
    const template = parseTemplate('{input} {prompt}', { family: 'causal' });
    const scorer = requireCapability(model, 'labelScores');
    const labels = scorer.resolveLabels(template, [
      { label: '0', word: 'list' },
      { label: '1', word: 'free' },
    ]);
    const inputs = Array.from({ length: count }, (_, i) => `text ${i}`);
    const rows = inputs.map((_, i) => [0, i] as const);
    const since = performance.now();
    await scorer.labelScores({ template, prompts: ['It is'], inputs, labels, rows, normalise: 'none' });
    const rate = (1000 * count) / (performance.now() - since);
    await model.dispose();
    return rate;
  };

  it('scores 40 times as many rows per second with 64 in flight as with one', async () => {
    service.latencyMs = 100;
    const one = await rowsPerSecond(1, 10);
    // The machine may be busy with other tests for a while.
    let many = 0;
    for (let tried = 0; tried < 3 && many < 40 * one; tried++) many = Math.max(many, await rowsPerSecond(64, 1280));
    console.log(`rows/s at 100 ms: ${one.toFixed(1)} with one in flight, ${many.toFixed(0)} with 64`);
    expect(many / one).toBeGreaterThanOrEqual(40);
  }, 60_000);
});
