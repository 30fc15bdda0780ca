import { type PolicyRow, readPolicyTable } from '../run/policies/policy-table.js';
import type { TaskLabel } from '../task/types.js';
import { toVisibleJson } from '../visible-json.js';
import { formatCell } from './formats/data/csv.js';
import type { RunRecord } from './run-record.js';

type Scores = Readonly<Record<string, number>>;

/** The best policy of a run that reads its inputs, as a table: what it proposes for each input of dev and test. */
export interface ExportedPolicy {
  readonly schemaVersion: 1;
  readonly kind: 'policy';
  readonly task: string;
  readonly taskKind: string;
  readonly template: string;
  readonly labels: readonly TaskLabel[];
  readonly generator: string;
  readonly target: string;
  readonly trainer: string;
  readonly seed: number;
  /** After which the policy was as it is here. */
  readonly step: number;
  readonly metric: string;
  /** Of the policy: each input with its own prompt. Test once the run is finished. */
  readonly metrics: { readonly train: Scores; readonly dev: Scores; readonly test?: Scores };
  readonly prompts: readonly PolicyRow[];
  readonly run: string;
  readonly created: string;
  readonly digests: Readonly<Record<string, string>>;
  readonly tool: string;
}

/** @throws RlpromptError `E_POLICY_FILE` where the table is missing or damaged */
export function exportPolicy(record: RunRecord, version: string): ExportedPolicy {
  const { start, manifest, result, prompts, runDir } = record;
  const table = readPolicyTable(runDir);
  const { train, dev = {} } = prompts.find(({ step, policy }) => policy && step === table.step) ?? prompts[0];
  return {
    schemaVersion: 1,
    kind: 'policy',
    task: start.task,
    taskKind: start.kind,
    template: start.template,
    labels: start.labels.map((name, i) => ({ name, word: start.labelWords?.[i] ?? name })),
    generator: start.generator,
    target: start.targetLm,
    trainer: start.trainer,
    seed: start.seed,
    step: table.step,
    metric: start.metric,
    metrics: { train, dev, ...(result ? { test: result.best.test } : {}) },
    prompts: table.rows,
    run: runDir,
    created: manifest.created,
    digests: manifest.digests,
    tool: `rlprompt@${version}`,
  };
}

/** A form that holds a prompt for each input. */
export interface PolicyFormat {
  readonly name: string;
  readonly file: string;
  render(policy: ExportedPolicy, options?: { readonly isRaw: boolean }): string;
}

const policyJson: PolicyFormat = {
  name: 'json',
  file: 'policy.json',
  render: (policy) => `${toVisibleJson(policy, 2)}\n`,
};

const policyCsv: PolicyFormat = {
  name: 'csv',
  file: 'policy.csv',
  render({ prompts }, { isRaw } = { isRaw: false }) {
    const header = ['split', 'index', 'input', 'prompt', 'tokenIds', 'reward'];
    const rows = prompts.map(({ split, index, input, prompt, tokenIds, reward }) => {
      return [split, index, input, prompt, tokenIds.join(' '), reward];
    });
    return [header, ...rows].map((row) => `${row.map((cell) => formatCell(cell, isRaw)).join(',')}\r\n`).join('');
  },
};

/** The formats of `rlprompt export` that a policy can be written in. */
export const POLICY_FORMATS: readonly PolicyFormat[] = [policyJson, policyCsv];
