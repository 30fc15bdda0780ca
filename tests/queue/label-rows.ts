import { loadLanguageModel, requireCapability } from '../../src/lm/load.js';
import type { LabelScoreRequest, LabelScoresCapability } from '../../src/lm/model/types.js';
import type { LoadedModel } from '../../src/lm/onnx/run/model-parts.js';
import { targetOverQueue } from '../../src/queue/queue-target.js';
import { parseTemplate } from '../../src/template/parse-template.js';
import { TINY_MODEL } from '../cli/spawn-cli.js';

const TEMPLATE = parseTemplate('{input} {prompt}', { family: 'causal' });

export interface LabelRows {
  readonly asked: LabelScoreRequest;
  /** Scores of this machine. */
  readonly expected: Float32Array;
  /** The model over the queue; whoever asked for it disposes of it. */
  readonly remote: LoadedModel;
  readonly scorer: LabelScoresCapability;
}

/** Rows of the tiny model with the scores that this machine gives them, and a scorer that asks workers. */
export async function labelRows(queue: string, count: number, mark: string): Promise<LabelRows> {
  const local = await loadLanguageModel(TINY_MODEL);
  const scores = requireCapability(local, 'labelScores');
  const labels = scores.resolveLabels(TEMPLATE, [
    { label: '0', word: 'bad' },
    { label: '1', word: 'good' },
  ]);
  const inputs = Array.from({ length: count }, (_, i) => `${mark} text ${i}`);
  const rows = inputs.map((_, i) => [0, i] as const);
  const asked = { template: TEMPLATE, prompts: ['It is'], inputs, labels, rows, normalise: 'none' as const };
  const expected = await scores.labelScores(asked);
  const remote = await targetOverQueue(local, queue);
  return { asked, expected, remote, scorer: requireCapability(remote, 'labelScores') };
}
