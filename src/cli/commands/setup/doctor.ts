import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, freemem, totalmem } from 'node:os';
import type { Command } from 'commander';
import type { RunConfig, RunConfigKey } from '../../../config/run-config.js';
import { EMBEDDED_MODEL } from '../../../config/settings/defaults.js';
import { type ExitReason, RlpromptError } from '../../../errors.js';
import { gigabytes } from '../../../files/memory-limits.js';
import { groupDigits } from '../../../group-digits.js';
import { isEndpointName } from '../../../lm/endpoint/endpoint-name.js';
import { packageVersion } from '../../../package-root.js';
import { inspectRun, looksLikeRun } from '../../../run/doctor/inspect-run.js';
import { toVisibleJson } from '../../../visible-json.js';
import { addSettingFlags, givenFlags, readRunConfig } from '../../options/config-options.js';
import { TASK_KEYS } from '../../options/scoring-keys.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';

const EXAMPLES = `Examples:
  $ rlprompt doctor
  $ rlprompt doctor --json
  $ rlprompt doctor runs/spam-20260101-120000     whether a run folder is whole, and what can be saved
  $ rlprompt doctor sentiment --generator ./smollm2-135m-instruct     the memory that a run would take
  $ rlprompt doctor --target openai:MODEL --endpoint http://127.0.0.1:8080/v1     what a service gives
`;

/** What a run's task and models are, which decides over its memory. */
const MEMORY_KEYS: readonly RunConfigKey[] = [
  'generator',
  'target',
  'dtype',
  'device',
  'batchSize',
  'prefixSharing',
  'maxMemory',
  'promptLength',
  'promptsPerStep',
  'innerSize',
  'demos',
  ...TASK_KEYS,
  'endpoint',
  'endpointTimeout',
  'endpointConcurrency',
  'endpointSamples',
];

/** One thing that must be right on this machine. */
interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** Memory that was predicted. */
  readonly bytes?: number;
  /** What to do where it is not right. */
  readonly next?: string;
}

type Check = (context: CliContext) => Promise<Omit<Finding, 'check' | 'ok'>>;

export function configure(command: Command, context: CliContext): void {
  command
    .description('Checks that this machine can run the program, or that a run folder is whole.')
    .argument(
      '[run-or-task]',
      'run folder to check; or the task of a run whose memory is to be predicted (default: spam)',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .action(async (task: string | undefined, { json }: { json?: true }) => {
      if (task !== undefined && looksLikeRun(task)) {
        const found = inspectRun(task);
        report(found, 'data', found.at(-1)?.next);
        return;
      }
      const findings: Finding[] = [];
      for (const [check, examine] of Object.entries(CHECKS)) findings.push(await examineOne(check, examine, context));
      if (task !== undefined || Object.keys(givenFlags(command)).length > 0) {
        const { config } = await readRunConfig(command, context, task ?? 'spam');
        if (config.device !== 'cpu')
          findings.push(await examineOne('device', () => checkDevice(config.device), context));
        findings.push(await examineOne('memory of the run', () => checkRunMemory(config), context));
        if (!isEndpointName(config.target))
          findings.push(await examineOne('text of a row', () => checkRow(config), context));
        else {
          findings.push(await examineOne('service', () => checkService(config), context));
        }
      }
      report(findings, 'unavailable');

      function report(all: readonly Finding[], exit: ExitReason, next?: string): void {
        writeResult(
          context,
          json ? `${toVisibleJson({ schemaVersion: 1, findings: all })}\n` : toTable(all, context.stdout.columns),
        );
        const bad = all.filter(({ ok }) => !ok);
        if (bad.length > 0) throw failed(bad, exit, next);
      }
    });
  addSettingFlags(command, MEMORY_KEYS);
}

/** A check fails by throwing: its message says what is wrong. */
const CHECKS: Readonly<Record<string, Check>> = {
  rlprompt: async () => ({ detail: packageVersion() }),
  node: async () => ({ detail: `${process.versions.node} on ${process.platform} ${process.arch}` }),
  processors: async () => ({ detail: `${availableParallelism()} threads` }),
  memory: async () => ({ detail: `${gigabytes(freemem())} free of ${gigabytes(totalmem())}` }),
  runtime: checkRuntime,
  'embedded model': checkEmbeddedModel,
  tasks: checkTasks,
  'run folder': checkRunFolder,
  terminal: checkTerminal,
};

async function examineOne(check: string, examine: Check, context: CliContext): Promise<Finding> {
  try {
    return { check, ok: true, ...(await examine(context)) };
  } catch (error) {
    const next = error instanceof RlpromptError ? error.next : undefined;
    const detail = error instanceof Error ? error.message : String(error);
    return { check, ok: false, detail, ...(next === undefined ? {} : { next }) };
  }
}

async function checkRuntime() {
  const { knownDevices } = await import('../../../lm/onnx/run/session.js');
  const others = (await knownDevices()).filter((device) => device !== 'cpu');
  const manifest: { version: string } = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'), 'utf8'),
  );
  const more = others.length > 0 ? `; also ${others.join(', ')}, if their drivers and libraries are installed` : '';
  return { detail: `onnxruntime-node ${manifest.version}; devices: cpu${more}` };
}

async function checkEmbeddedModel() {
  const { loadLanguageModel, requireCapability } = await import('../../../lm/load.js');
  const model = await loadLanguageModel(EMBEDDED_MODEL);
  try {
    const body = requireCapability(model, 'hiddenStates');
    const { hidden, state } = await body.begin([[0]]);
    state.dispose();
    if (!hidden.every(Number.isFinite)) throw new Error(`${model.name} computes numbers that are not finite`);
    return {
      detail: `${model.name} works: vocabulary of ${groupDigits(body.vocabularySize)} tokens, hidden size ${groupDigits(body.hiddenSize)}`,
    };
  } finally {
    await model.dispose();
  }
}

/** Runs the embedded model on a device. */
async function checkDevice(device: string) {
  const { loadLanguageModel, requireCapability } = await import('../../../lm/load.js');
  const model = await loadLanguageModel(EMBEDDED_MODEL, { device });
  const { state } = await requireCapability(model, 'hiddenStates').begin([[0]]);
  state.dispose();
  await model.dispose();
  return { detail: `${device} works` };
}

async function checkRunMemory(config: RunConfig) {
  const { forecastMemory } = await import('../../models/memory-forecast.js');
  const items = await forecastMemory(config);
  const total = items.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = items.map(({ what, bytes }) => `${what} ${(bytes / 1e6).toFixed(0)}`);
  const detail = `${(total / 1e6).toFixed(0)} MB: ${parts.join(', ')}`;
  if (total <= freemem()) return { detail, bytes: Math.round(total) };
  throw new RlpromptError({
    code: 'E_MEMORY',
    exit: 'unavailable',
    message: `${detail}; only ${(freemem() / 1e6).toFixed(0)} MB are free`,
    next: 'try --dtype q4, a smaller model, or --max-memory 200M for fewer kept prefixes',
  });
}

/** A row as the target LM reads it, without loading its weights. */
async function checkRow(config: RunConfig) {
  const { firstRow } = await import('../../models/first-row.js');
  const { shownRowText } = await import('../../check/check-text.js');
  return {
    detail: shownRowText(await firstRow(config))
      .trimEnd()
      .replaceAll('\n', ''),
  };
}

/** Asks the service once, as a run does before it begins. */
async function checkService(config: RunConfig) {
  const { target } = config;
  const { loadLanguageModel } = await import('../../../lm/load.js');
  const { modelOptions } = await import('../../../run/prepare/model-options.js');
  const model = await loadLanguageModel(target, modelOptions(config));
  try {
    const gives = model.capabilities.labelScores ? 'writes texts and scores labels' : 'writes texts';
    return { detail: [`${target} ${gives}`, ...model.notes].join('; ') };
  } finally {
    await model.dispose();
  }
}

async function checkTasks() {
  const { listTasks } = await import('../../../task/load/list-tasks.js');
  const tasks = await listTasks();
  const missing = tasks.flatMap((task) => ('unavailable' in task ? [task] : []));
  if (missing[0]) throw missing[0].unavailable;
  return { detail: tasks.map(({ name }) => name).join(', ') };
}

async function checkRunFolder() {
  accessSync(process.cwd(), constants.W_OK);
  return { detail: `${process.cwd()} can be written` };
}

async function checkTerminal({ stderr, stdin, env }: CliContext) {
  const { isInteractive } = await import('../../../ui/reporters/choose-reporter.js');
  const size = stderr.isTTY ? `${stderr.columns} x ${stderr.rows}` : 'no terminal';
  return {
    detail: `${size}, TERM=${env.TERM ?? ''}, ${isInteractive({ stderr, stdin, env }) ? 'ink' : 'plain'} by default`,
  };
}

function toTable(findings: readonly Finding[], width?: number): string {
  return formatTable(
    findings.map(({ check, ok, detail, next }) => [ok ? 'ok' : 'BAD', check, next ? `${detail} · ${next}` : detail]),
    { width },
  );
}

function failed(bad: readonly Finding[], exit: ExitReason, next?: string): RlpromptError {
  return new RlpromptError({
    code: 'E_DOCTOR',
    exit,
    message: bad.map(({ check, detail }) => `${check}: ${detail}`).join('; '),
    next: next ?? bad.find((finding) => finding.next)?.next ?? 'npm ci',
  });
}
