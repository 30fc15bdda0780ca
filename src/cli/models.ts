import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { embeddedModels } from '../lm/embedded.js';
import type { CliContext } from './context.js';
import { formatJson, writeResult } from './output.js';
import { formatTable } from './table.js';

const EXAMPLES = `Examples:
  $ rlprompt models list
  $ rlprompt models inspect ./smollm2-135m-instruct
  $ rlprompt models inspect ./gpt2 --dtype fp16 --json
`;

export function configure(command: Command, context: CliContext): void {
  command
    .description('Language models that come with the program, and what a model folder can be used for.')
    .addHelpText('before', EXAMPLES);
  command
    .command('list', { isDefault: true })
    .description('models that come with the program')
    .option('--json', 'print one JSON object')
    .action(({ json }: { json?: true }) => {
      const models = listModels();
      const rows = models.map(({ name, megabytes, path }) => [name, `${megabytes.toFixed(1)} MB`, path]);
      writeResult(
        context,
        json ? `${formatJson({ schemaVersion: 1, models })}\n` : formatTable([['model', 'size', 'folder'], ...rows]),
      );
    });
  command
    .command('inspect')
    .description('what a model folder holds, and whether it can be generator or target LM')
    .argument('<model>', 'an embedded name or a folder')
    .option('--dtype <TYPE>', 'which weights (default: the first there are)')
    .option('--json', 'print one JSON object')
    .action(async (name: string, { dtype, json }: { dtype?: string; json?: true }) => {
      const { inspectModel } = await import('../lm/onnx/inspect-model.js');
      const embedded = embeddedModels().find((model) => model.name === name);
      const inspection = inspectModel(embedded?.path ?? name, dtype);
      writeResult(context, json ? `${formatJson({ schemaVersion: 1, ...inspection })}\n` : toText(inspection));
    });
}

function listModels() {
  return embeddedModels().map(({ name, path }) => ({ name, path, megabytes: folderBytes(path) / 1e6 }));
}

function folderBytes(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return entries.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** `hiddenSize` → `hidden size`; sizes in bytes as megabytes. */
function toText(inspection: object): string {
  const rows = Object.entries(inspection).map(([key, value]) => [
    key.replace(/Bytes$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    showValue(key, value),
  ]);
  return formatTable(rows);
}

function showValue(key: string, value: unknown): string {
  if (value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (key.endsWith('Bytes')) return `${(Number(value) / 1e6).toFixed(1)} MB`;
  return Array.isArray(value) ? value.join(', ') || 'nothing' : String(value);
}
