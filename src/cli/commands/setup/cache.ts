import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { RlpromptError } from '../../../errors.js';
import { cacheRoot } from '../../../files/program-folders.js';
import { countOf } from '../../../group-digits.js';
import { measureScores } from '../../../rewards/cache/score-store.js';
import { toVisibleJson } from '../../../visible-json.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { folderBytes } from '../../shared/folder-bytes.js';

const EXAMPLES = `Examples:
  $ rlprompt cache info
  $ rlprompt cache clear scores
  $ rlprompt cache path
`;

/** Parts of the cache, with what each is for. */
const PARTS = {
  scores: 'scores of earlier runs',
  paid: 'scores of evaluations that were cut off, until these have ended',
  cuts: 'large models without their output layer',
  models: 'models of the hub',
} as const;

type Part = keyof typeof PARTS;

const PART_NAMES = Object.keys(PARTS) as Part[];

export function configure(command: Command, context: CliContext): void {
  command
    .description(
      'What can be fetched or computed again, kept to save time. RLPROMPT_CACHE_DIR names another folder for it.',
    )
    .addHelpText('before', EXAMPLES);
  command
    .command('info', { isDefault: true })
    .description('what the cache holds and how large it is')
    .option('--json', 'print one JSON object')
    .action(({ json }: { json?: true }) => {
      const info = measureCache(context.env);
      writeResult(context, json ? `${toVisibleJson({ schemaVersion: 1, ...info })}\n` : toTable(info));
    });
  command
    .command('path')
    .description('the folder of the cache')
    .action(() => writeResult(context, `${cacheRoot(context.env)}\n`));
  command
    .command('clear')
    .description('deletes parts of the cache; no run is lost by it')
    .argument('[part...]', `${PART_NAMES.join(', ')} (default: scores and cuts)`)
    .option('--json', 'print one JSON object')
    .action((names: string[], { json }: { json?: true }) => {
      const cleared = clearCache(names.length > 0 ? names.map(partOf) : ['scores', 'cuts'], context.env);
      const rows = cleared.map(({ part, bytes }) => [part, `${megabytes(bytes)} freed`]);
      writeResult(
        context,
        json ? `${toVisibleJson({ schemaVersion: 1, cleared })}\n` : formatTable(rows, { right: [1] }),
      );
    });
}

function measureCache(env: NodeJS.ProcessEnv) {
  const path = cacheRoot(env);
  const { segments } = measureScores(join(path, 'scores'));
  const parts = PART_NAMES.map((part) => ({ part, bytes: folderBytes(join(path, part)), holds: PARTS[part] }));
  return { path, parts, scoreSegments: segments };
}

function clearCache(parts: readonly Part[], env: NodeJS.ProcessEnv): { part: Part; bytes: number }[] {
  return parts.map((part) => {
    const folder = join(cacheRoot(env), part);
    const bytes = folderBytes(folder);
    rmSync(folder, { recursive: true, force: true });
    return { part, bytes };
  });
}

function partOf(name: string): Part {
  const part = PART_NAMES.find((known) => known === name);
  if (part) return part;
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `the cache has no part ${JSON.stringify(name)}, only ${PART_NAMES.join(', ')}`,
    kept: 'everything',
    next: 'rlprompt cache info',
  });
}

function toTable({ path, parts, scoreSegments }: ReturnType<typeof measureCache>): string {
  const rows = parts.map(({ part, bytes, holds }) => [
    part,
    megabytes(bytes),
    part === 'scores' ? `${holds}, ${countOf(scoreSegments, 'file')}` : holds,
  ]);
  return `${path}\n${formatTable(rows, { right: [1] })}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
