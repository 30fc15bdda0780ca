import type { LabelScoreRequest, LabelScoresCapability, LabelWord } from '../../src/lm/model/types.js';
import type { Example, Task } from '../../src/task/types.js';

/** A target LM whose label scores are a function of prompt and input, with a record of what it was asked. */
export class ScriptedScorer implements LabelScoresCapability {
  readonly asked: string[] = [];

  constructor(private readonly score: (prompt: string, input: string, label: string) => number) {}

  resolveLabels(_template: unknown, labels: readonly { label: string; word: string }[]): LabelWord[] {
    return labels.map(({ label, word }, i) => ({ label, word, text: ` ${word}`, tokenIds: [i], wordCount: 1 }));
  }

  async labelScores({ prompts, inputs, labels, rows }: LabelScoreRequest): Promise<Float32Array> {
    return Float32Array.from(
      rows.flatMap(([p, i]) => {
        this.asked.push(`${prompts[p]}|${inputs[i]}`);
        return labels.map(({ label }) => this.score(prompts[p]!, inputs[i]!, label));
      }),
    );
  }

  truncation(): { cut: number; total: number } {
    return { cut: 0, total: 0 };
  }
}

export const TEMPLATE = {
  source: '{input} {prompt}',
  hasMask: false,
  hasLabel: false,
  isRaw: false,
  hasSystem: false,
  parts: [
    { kind: 'input', text: 'input' },
    { kind: 'text', text: ' ' },
    { kind: 'prompt', text: 'prompt' },
  ],
} as const;

export function examplesOf(texts: readonly string[], labels: readonly number[]): Example[] {
  return texts.map((text, index) => ({ index, text, label: labels[index]!, fields: {} }));
}

export function taskOf(train: readonly Example[], labels: readonly string[]): Task {
  return {
    name: 'scripted',
    kind: 'classification',
    description: '',
    source: 'test',
    groupBy: 'batch',
    labels: labels.map((name) => ({ name, word: name })),
    splits: { train, dev: train, test: train },
    template: undefined,
    manualPrompts: [],
    normalise: 'none',
    stochastic: false,
    digest: '',
    warnings: [],
    file: undefined,
  };
}
