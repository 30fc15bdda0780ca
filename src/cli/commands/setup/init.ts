import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { RlpromptError } from '../../../errors.js';
import { makeFolder } from '../../../files/write/make-folder.js';
import { shellWord } from '../../../shell-word.js';
import type { CliContext } from '../../output/context.js';
import { writeResult } from '../../output/output.js';
import { say } from '../../output/say.js';
import { askIn } from '../../shared/ask.js';
import { type ScaffoldKind, scaffoldFiles } from '../../tasks/init-files.js';

const EXAMPLES = `Examples:
  $ rlprompt init my-task
  $ rlprompt init my-task --kind custom
  $ cd my-task && rlprompt run
`;

const KINDS: readonly ScaffoldKind[] = ['classification', 'custom'];

interface InitOptions {
  readonly kind?: ScaffoldKind;
  readonly yes?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Makes a folder with your own task: task, data, settings, test and README. It runs as it is.')
    .argument('[dir]', 'new or empty place for it', 'my-task')
    .addOption(new Option('--kind <KIND>', 'labels to be told apart, or your own reward').choices([...KINDS]))
    .option('-y, --yes', 'ask nothing, take the defaults')
    .addHelpText('before', EXAMPLES)
    .action(async (dir: string, options: InitOptions) => {
      const kind = options.kind ?? (await askKind(options, context));
      const written = writeScaffold(dir, kind, context);
      writeResult(context, `${written.map((file) => join(dir, file)).join('\n')}\n`);
      const run = context.asStarted('rlprompt run', resolve(dir));
      const steps = resolve(dir) === process.cwd() ? run : `cd ${shellWord(dir)} && ${run}`;
      say(context, `a ${kind} task that runs as it is; next: ${steps}`);
    });
}

async function askKind({ yes }: InitOptions, context: CliContext): Promise<ScaffoldKind> {
  if (yes || !context.stdin.isTTY || !context.stderr.isTTY) return 'classification';
  const ask = await askIn(context, { message: 'no task was made', next: 'rlprompt init --help' });
  for (;;) {
    const answer = await ask('Labels to be told apart, or your own reward (classification, custom)', 'classification');
    const kind = KINDS.find((name) => name === answer);
    if (kind) return kind;
    say(context, `Answer ${KINDS.join(' or ')}.`);
  }
}

/** Writes into a folder nothing of which is overwritten; gives the names of the files. */
function writeScaffold(dir: string, kind: ScaffoldKind, { asStarted }: CliContext): string[] {
  const files = scaffoldFiles(nameOf(dir), kind, (text) => asStarted(text, resolve(dir)));
  const names = Object.keys(files);
  const existing = names.filter((name) => existsSync(join(dir, name)));
  if (existing.length > 0) throw wouldOverwrite(dir, existing);
  const begun: string[] = [];
  try {
    makeFolder(dir);
    for (const [name, text] of Object.entries(files)) {
      const fd = openSync(join(dir, name), 'wx');
      begun.push(join(dir, name));
      try {
        writeFileSync(fd, text);
      } finally {
        closeSync(fd);
      }
    }
  } catch (cause) {
    for (const path of begun) rmSync(path, { force: true });
    throw new RlpromptError({
      code: 'E_CANNOT_CREATE',
      exit: 'cannotCreate',
      message: `the task cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: dir,
      kept: 'no files were changed',
      next: 'name another folder',
      cause,
    });
  }
  return names;
}

function wouldOverwrite(dir: string, existing: readonly string[]): RlpromptError {
  return new RlpromptError({
    code: 'E_INIT_EXISTS',
    exit: 'cannotCreate',
    message: `${existing.join(', ')} would be overwritten`,
    where: dir,
    kept: 'nothing was written',
    next: 'name another folder: rlprompt init DIR',
  });
}

/** A task's name allows less than a folder's. */
function nameOf(dir: string): string {
  const name = basename(resolve(dir))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'my-task' : name.slice(0, 60);
}
