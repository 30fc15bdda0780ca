import { resolveRunConfig } from '../../config/resolve-run-config.js';
import { PRESET_NAMES } from '../../config/settings/presets.js';
import { RlpromptError } from '../../errors.js';
import { shellWord } from '../../shell-word.js';
import { dataFilesOf } from '../../task/load/load-task.js';
import { wrapText } from '../../ui/draw/wrap-text.js';
import { isInteractive } from '../../ui/reporters/choose-reporter.js';
import { checkData, type DataCheck } from '../check/check-data.js';
import { checkText, proposedArguments } from '../check/check-text.js';
import { settingsSources } from '../options/config-options.js';
import type { CliContext } from '../output/context.js';
import { sayLines } from '../output/say.js';
import { type Ask, askIn } from '../shared/ask.js';
import { newestDataFile } from './find-data.js';

interface Columns {
  readonly textColumn?: string;
  readonly labelColumn?: string;
}

/** The task of somebody who has no data yet. */
const FIRST_TASK = 'asking-mail';

/**
 * Leads a newcomer to a first run: asks for the data, shows what is in it, and proposes a command. Every question has a
 * default. Nothing is written.
 *
 * @returns the arguments of the run to start; undefined where none is wanted, or nobody sits at the terminal
 * @throws RlpromptError `E_INTERRUPTED` after Ctrl-C
 */
export async function askForRun(context: CliContext): Promise<string[] | undefined> {
  if (!isInteractive(context)) return undefined;
  const ask = await askIn(context, { message: 'no run was started', next: 'rlprompt --help' });
  say(context, 'Press Enter to accept the answer shown, Ctrl-C to quit. All commands: rlprompt --help\n');
  const task = await askForTask(ask, context);
  const preset = await askForPreset(ask, context);
  const words = [...task, ...(preset === 'default' ? [] : ['--preset', preset])];
  say(context, `\nThe command:\n  ${['rlprompt', ...words].map(shellWord).join(' ')}\n`);
  const start = await ask('Start it now', 'yes');
  if (/^y(es)?$/i.test(start)) return words;
  say(context, 'Nothing was started. Copy the command to start it later.');
  return [];
}

/** The part of the command line that names the task, and how its data is read. */
async function askForTask(ask: Ask, context: CliContext): Promise<string[]> {
  const found = newestDataFile(process.cwd());
  for (;;) {
    const task = await ask('Your data (file, folder or built-in task)', found ?? FIRST_TASK);
    try {
      if (dataFilesOf(task) !== undefined) return proposedArguments(await askForColumns(task, ask, context), {});
      await checkTask(task, context);
      return ['run', task];
    } catch (error) {
      if (!(error instanceof RlpromptError) || error.code === 'E_INTERRUPTED') throw error;
      say(context, `${error.line()}\n`);
    }
  }
}

/** Shows what a data file holds until the columns are the right ones and a run is possible. */
async function askForColumns(task: string, ask: Ask, context: CliContext): Promise<DataCheck> {
  let columns: Columns = {};
  for (;;) {
    const check = await checkData(resolveRunConfig(await settingsSources(context, { task, ...columns })));
    say(context, `\n${withoutCommand(checkText(check, {}, widthOf(context)))}`);
    const { problem } = check;
    if (problem) say(context, `${problem.line()}\n`);
    const textColumn = await ask('Column with the texts', check.textColumn);
    const labelColumn = await ask('Column with the labels', check.labelColumn);
    if (textColumn === check.textColumn && labelColumn === check.labelColumn) {
      if (problem === undefined) return check;
      throw problem;
    }
    columns = { textColumn, labelColumn };
  }
}

/** @throws RlpromptError where there is no such task */
async function checkTask(task: string, context: CliContext): Promise<void> {
  const { config } = resolveRunConfig(await settingsSources(context, { task }));
  const { loadConfiguredTask } = await import('../../run/prepare/configured-task.js');
  await loadConfiguredTask(config);
}

async function askForPreset(ask: Ask, context: CliContext): Promise<string> {
  say(context, '\nquick: 30 steps. default: 100. thorough: 300.');
  for (;;) {
    const preset = await ask('How thorough', 'quick');
    if (PRESET_NAMES.some((name) => name === preset)) return preset;
    say(context, 'Answer quick, default or thorough.');
  }
}

function withoutCommand(text: string): string {
  return text.replace(/\nTry it:\n.*\n$/, '');
}

function widthOf({ stderr }: CliContext): number {
  return stderr.columns || 80;
}

/** Sentences are broken between words; what is indented, a command or a table, is left to the terminal. */
function say(context: CliContext, text: string): void {
  const lines = context
    .asStarted(text)
    .split('\n')
    .flatMap((line) => (line.startsWith(' ') ? line : wrapText(line, widthOf(context))));
  sayLines(context, `${lines.join('\n')}\n`);
}
