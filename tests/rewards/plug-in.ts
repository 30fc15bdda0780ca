import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RlpromptError } from '../../src/errors.js';
import { RewardHost, type RewardHostOptions } from '../../src/rewards/custom/custom-host.js';
import type { LmQuestion } from '../../src/task/define/reward-messages.js';
import type { RewardBatch } from '../../src/task/types.js';

export const BATCH: RewardBatch = {
  prompts: ['', ' one two'],
  examples: [{ index: 0, text: 'hello', fields: { more: 'x' } }],
  split: 'train',
};

/** A task file whose reward has the given body; it sees `batch` and `context`. */
export function pluginFile(body: string, top = ''): string {
  const file = join(mkdtempSync(join(tmpdir(), 'rlprompt-plug-in-')), 'task.mjs');
  const task = "{ name: 'bad', kind: 'custom', examples: { train: [], dev: [], test: [] }, reward }";
  writeFileSync(file, `${top}\nasync function reward(batch, context) {\n${body}\n}\nexport default ${task};\n`);
  return file;
}

export interface HostRecord {
  readonly host: RewardHost;
  /** What the reward printed. */
  readonly output: string[];
  /** Failures that were outlived. */
  readonly failures: RlpromptError[];
}

/** A real process that runs the plug-in; it is gone after the test, or whatever else finishes. */
export function hostOf(
  { onTestFinished }: { onTestFinished(close: () => void): void },
  file: string,
  options: Partial<RewardHostOptions> & { env?: readonly string[] } = {},
): HostRecord {
  const output: string[] = [];
  const failures: RlpromptError[] = [];
  const host = new RewardHost(
    { file, source: file, env: options.env },
    {
      timeoutMs: 20_000,
      maxErrors: 0,
      onOutput: (text) => output.push(text),
      onFailure: (error) => failures.push(error),
      answer: async ({ kind }: LmQuestion) => kind,
      ...options,
    },
  );
  onTestFinished(() => host.close());
  return { host, output, failures };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
