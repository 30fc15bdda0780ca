import { describe, expect, it } from 'vitest';
import type { HiddenStatesCapability } from '../../../src/lm/model/types.js';
import { ScoreCache } from '../../../src/rewards/cache/score-cache.js';
import { LabelWordChooser } from '../../../src/rewards/classification/label-word-chooser.js';
import { examplesOf, ScriptedScorer, TEMPLATE, taskOf } from '../scripted-scorer.js';

function learnsInContext(hiddenSize: number | undefined): boolean {
  const scorer = new ScriptedScorer(() => 0);
  const hiddenStates = { hiddenSize } as HiddenStatesCapability;
  const targetLm = {
    tokenizer: undefined,
    contextLength: 256,
    capabilities: hiddenSize === undefined ? {} : { hiddenStates },
  };
  const settings = { labelWords: 'given', labelWordsCount: 'auto' } as const;
  const task = taskOf(examplesOf(['a', 'b'], [0, 1]), ['no', 'yes']);
  return new LabelWordChooser(task, scorer, new ScoreCache(scorer, { enabled: true }), TEMPLATE, settings, targetLm)
    .learnsInContext;
}

describe('a target LM', () => {
  it('learns from demonstrations where its hidden states are wide enough', () => {
    expect(learnsInContext(256)).toBe(false);
    expect(learnsInContext(511)).toBe(false);
    expect(learnsInContext(512)).toBe(true);
  });

  it('is taken to do so where the width is not known, as of a service', () => {
    expect(learnsInContext(undefined)).toBe(true);
  });
});
