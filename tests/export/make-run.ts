import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PromptSummary, RunResult } from '../../src/events.js';
import { EventLog } from '../../src/run/store/logs/event-log.js';
import { writeManifest } from '../../src/run/store/run-manifest.js';

export interface MadeRun {
  readonly texts: readonly string[];
  readonly template?: string;
  /** Rank 1 is the chosen prompt, with test scores. */
  readonly isFinished?: boolean;
  /** How answers to every prompt are read. */
  readonly reading?: PromptSummary['reading'];
  /** The words were found once more at the end. */
  readonly refit?: PromptSummary['refit'];
}

/** A run folder as a run leaves it, with prompts of falling dev accuracy. */
export function makeRun({ texts, template = '{input} {prompt}', isFinished = true, reading, refit }: MadeRun): string {
  const runDir = mkdtempSync(join(tmpdir(), 'rlprompt-run-'));
  const log = EventLog.open(runDir, undefined);
  writeManifest(runDir, {
    schemaVersion: 1,
    versions: { rlprompt: '0.1.0' },
    created: '2026-01-01T00:00:00.000Z',
    seed: 7,
    task: 'spam',
    generator: 'g',
    targetLm: 't',
    digests: { data: 'ab', targetLm: 'cd' },
    config: { task: 'spam', seed: 7, steps: 20, minutes: 5 },
  });
  log.append({
    type: 'run-start',
    runDir,
    task: 'spam',
    kind: 'classification',
    generator: 'g',
    targetLm: 't',
    trainer: 'log-variance',
    preset: 'default',
    seed: 7,
    examples: { train: 32, dev: 32, test: 300 },
    labels: ['ham', 'spam'],
    labelWords: ['mail', 'free'],
    template,
    metric: 'accuracy',
    limits: { steps: 20 },
  });
  const prompts = texts.map((text, i) => ({
    ...summary(text, i, texts.length),
    ...(reading ? { reading } : {}),
    ...(refit ? { refit } : {}),
  }));
  log.append({ type: 'evaluation-end', step: 20, prompts, forwards: 100, cacheHits: 5 });
  if (isFinished) log.append({ type: 'run-end', step: 20, result: resultOf(runDir, prompts[0]!) });
  log.close();
  return runDir;
}

function summary(text: string, index: number, count: number): PromptSummary {
  const accuracy = 0.5 + (count - index) / (2 * count + 2);
  return {
    tokenIds: [index, 1],
    tokens: ['Ġa', '"'],
    text,
    step: 20 - (index % 20),
    reward: 50 - index,
    train: { accuracy },
    dev: { accuracy },
    devReward: 40 - index,
    origin: 'policy',
  };
}

function resultOf(runDir: string, { text, tokenIds, tokens, reward, train, dev }: PromptSummary): RunResult {
  return {
    schemaVersion: 1,
    runDir,
    task: 'spam',
    generator: 'g',
    target: 't',
    trainer: 'log-variance',
    seed: 7,
    steps: 20,
    stopReason: 'steps',
    forwards: 100,
    cacheHits: 5,
    seconds: 1.5,
    best: { prompt: text, tokenIds, tokens, reward, train, dev: dev!, test: { accuracy: 0.875, n: 300 } },
    baselines: { empty: { dev: { accuracy: 0.5 }, test: { accuracy: 0.5 } } },
  };
}
