import type { Command } from 'commander';
import { toVisibleJson } from '../../../visible-json.js';
import { type FoundModel, listModels } from '../../models/model-list.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';

const EXAMPLES = `Examples:
  $ rlprompt models list
  $ rlprompt models pull onnx-community/Qwen2.5-0.5B-Instruct --dtype q4
  $ rlprompt models inspect ./smollm2-135m-instruct
  $ rlprompt models inspect ./gpt2 --dtype fp16 --json
  $ rlprompt models tokens ./gpt2 'It was great'
  $ rlprompt models remove onnx-community/Qwen2.5-0.5B-Instruct
`;

interface ModelOptions {
  readonly dtype?: string;
  readonly revision?: string;
  readonly json?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Language models on this machine and on the hub, and what they can be used for.')
    .addHelpText('before', EXAMPLES);
  command
    .command('list', { isDefault: true })
    .description('models that come with the program, and those downloaded')
    .option('--json', 'print one JSON object')
    .action(({ json }: ModelOptions) => {
      const models = listModels(context.env);
      writeResult(context, json ? `${toVisibleJson({ schemaVersion: 1, models })}\n` : toTable(models));
    });
  command
    .command('pull')
    .description('downloads a model of the hub, or brings it up to date; checks every file')
    .argument('<model>', 'org/name, or org/name@revision')
    .option('--revision <NAME>', 'branch, tag or commit (default: main)')
    .option('--dtype <TYPE>', 'which weights: fp32, fp16, q8, q4 … (default: the first there are)')
    .option('--json', 'print one JSON object')
    .action((name: string, options: ModelOptions) => pull(name, options, context));
  command
    .command('inspect')
    .description('what a model folder holds, and whether it can be generator or target LM')
    .argument('<model>', 'an embedded name, a folder, a GGUF file, or a hub id that was downloaded')
    .option('--dtype <TYPE>', 'which weights (default: the first there are)')
    .option('--json', 'print one JSON object')
    .action(async (name: string, { dtype, json }: ModelOptions) => {
      const { installedModel } = await import('../../models/installed-model.js');
      const { inspectModel } = await import('../../../lm/onnx/families/inspect-model.js');
      const inspection = await inspectModel(await installedModel(name), dtype, { tries: true });
      writeResult(
        context,
        json ? `${toVisibleJson({ schemaVersion: 1, ...inspection })}\n` : toText(inspection, context.stdout.columns),
      );
    });
  command
    .command('tokens')
    .description('token ids and pieces of texts, without special tokens')
    .argument(
      '<model>',
      'an embedded name, a hub id that was downloaded, a GGUF file, or a folder with a tokenizer.json',
    )
    .argument('[text...]', 'one or more texts; - reads one JSON string per line and writes one object per line')
    .option('--json', 'print one JSON object')
    .action(async (name: string, texts: readonly string[], { json }: ModelOptions) => {
      const { writeTokens } = await import('../../models/show-tokens.js');
      await writeTokens(name, texts, { json: json ?? false, context });
    });
  command
    .command('remove')
    .description('deletes a downloaded model, and what was computed from its files')
    .argument('<model>', 'org/name for all of it, org/name@commit for one commit')
    .option('--json', 'print one JSON object')
    .action(async (name: string, { json }: ModelOptions) => {
      const { removeModel } = await import('../../models/remove-model.js');
      const { removed, bytes } = removeModel(name, context.env);
      const text = `removed ${name}, ${(bytes / 1e6).toFixed(1)} MB\n`;
      writeResult(context, json ? `${toVisibleJson({ schemaVersion: 1, model: name, removed, bytes })}\n` : text);
    });
}

async function pull(name: string, { dtype, revision, json }: ModelOptions, context: CliContext): Promise<void> {
  const { pullHubModel } = await import('../../../lm/hub/hub.js');
  const { reportDownloads } = await import('../../output/download-progress.js');
  const options = { dtype, onProgress: reportDownloads(context), ...(revision === undefined ? {} : { revision }) };
  const model = await pullHubModel(name, options);
  const { id, commit, path, fetchedBytes } = model;
  const news = fetchedBytes === 0 ? 'complete and checked' : `${(fetchedBytes / 1e6).toFixed(1)} MB fetched`;
  const text = `${id}@${commit}: ${news}\n${path}\n`;
  writeResult(context, json ? `${toVisibleJson({ schemaVersion: 1, ...model })}\n` : text);
}

function toTable(models: readonly FoundModel[]): string {
  const rows = models.map(({ name, revision, dtypes, megabytes, path }) => [
    revision === undefined ? name : `${name}@${revision}`,
    dtypes.join(' '),
    `${megabytes.toFixed(1)} MB`,
    path,
  ]);
  return formatTable([['model', 'weights', 'size', 'folder'], ...rows], { right: [2] });
}

/** `hiddenSize` → `hidden size`; sizes in bytes as megabytes. */
function toText(inspection: object, width?: number): string {
  const rows = Object.entries(inspection).map(([key, value]) => [
    key.replace(/Bytes$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    showValue(key, value),
  ]);
  return formatTable(rows, { width });
}

function showValue(key: string, value: unknown): string {
  if (value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (key.endsWith('Bytes')) return `${(Number(value) / 1e6).toFixed(1)} MB`;
  return Array.isArray(value) ? value.join(', ') || 'nothing' : String(value);
}
