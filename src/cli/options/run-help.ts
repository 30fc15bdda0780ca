import type { Command } from 'commander';
import { flagName } from '../../config/config-layers.js';
import { optionMeta, RUN_CONFIG_KEYS, type RunConfigKey } from '../../config/run-config.js';
import { nearestWord, RlpromptError } from '../../errors.js';
import { definitionOf, PRIOR_TRAINERS, TRAINER_NAMES } from '../../trainers/trainer-table.js';
import { SHOWN_WORDS, type ShownWord } from '../../ui/words-shown.js';
import { EXIT_CODES_HELP } from '../output/exit-codes.js';
import { formatTable } from '../output/format-table.js';
import type { CommandEntry } from '../shared/command-module.js';

/** What most runs are told, in brief; the rest is shown by `run --help all`. */
const COMMON: ReadonlyMap<string, string> = new Map([
  ['--text-column', 'column with the texts (default: text)'],
  ['--label-column', 'column with the labels (default: label)'],
  ['--verbalizer', 'the words that stand for each label'],
  ['--dev', 'dev file, which chooses between prompts (default: rows of DATA)'],
  ['--test', 'test file, for the final scores (default: rows of DATA)'],
  ['--shots', 'rows per label to learn from (default: 16)'],
  ['--target', 'model to find a prompt for: folder or hub id'],
  ['--preset', 'quick, default, thorough, raw or paper'],
  ['--steps', 'how long to search (default: 100)'],
  ['--minutes', 'stop after this time'],
  ['--seed', 'same seed, same run (default: 0)'],
  ['--out', 'run folder (default: runs/<task>-<time>)'],
  ['--json', 'print the result as one JSON object'],
]);

/**
 * Shows of the flags of `run` those that most runs need, on a screen and a half of 80 columns; those of one trainer; or all.
 *
 * @throws RlpromptError `E_USAGE` for a topic that is neither `all` nor a trainer
 */
export function limitRunHelp(run: Command, topic: string | undefined): void {
  const count = run.options.length;
  if (topic === 'all') {
    run.addHelpText('after', EXIT_CODES_HELP);
    return;
  }
  if (topic === undefined) showCommon(run);
  else {
    showOfTrainer(run, topic);
  }
  run.addHelpText('after', `\nAll ${count} options and exit codes: run --help all. A trainer's: run --help ppo.`);
  run.addHelpText('after', 'To search the help: help WORD. To look at your data first: check DATA.');
}

function showCommon(run: Command): void {
  for (const option of run.options) {
    const brief = COMMON.get(option.long ?? '');
    if (brief === undefined) option.hideHelp();
    else {
      option.description = brief;
      delete option.argChoices;
      option.helpGroup('Options:');
    }
  }
  for (const argument of run.registeredArguments)
    argument.description = 'data file or folder, task file, built-in task';
}

/** Commands, settings of `run` and words of the screen and the tables whose name or description holds a word; a word of that name comes first. */
export function searchHelp(word: string, entries: readonly CommandEntry[], width?: number): string {
  const holds = (...texts: readonly string[]) => texts.some((text) => text.toLowerCase().includes(word.toLowerCase()));
  const commands = entries.filter(({ name, summary }) => holds(name, summary));
  const settings = RUN_CONFIG_KEYS.filter((key) => holds(key, flagName(key), optionMeta(key).description));
  const shown = SHOWN_WORDS.filter(({ word: name, meaning }) => holds(name, meaning));
  const isAsked = ({ word: name }: ShownWord) => name.toLowerCase() === word.toLowerCase();
  const rows = [
    ...shown.filter(isAsked).map(wordRow),
    ...commands.map(({ name, summary }) => [`rlprompt ${name}`, summary]),
    ...settings.filter((key) => !optionMeta(key).argument).map((key) => [`run --${flagName(key)}`, describe(key)]),
    ...shown.filter((one) => !isAsked(one)).map(wordRow),
  ];
  if (rows.length > 0) return formatTable(rows, { width });
  const names = [...entries.map(({ name }) => name), ...SHOWN_WORDS.map(({ word: name }) => name)];
  const near = nearestWord(word, [...names, ...RUN_CONFIG_KEYS.map(flagName)]);
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `nothing in the help matches ${JSON.stringify(word)}`,
    next: near === undefined ? 'rlprompt --help' : `rlprompt help ${near}`,
  });
}

function wordRow({ word, meaning }: ShownWord): string[] {
  return [`“${word}”`, meaning];
}

function describe(key: RunConfigKey): string {
  return optionMeta(key).description;
}

function showOfTrainer(run: Command, name: string): void {
  const definition = definitionOf(name);
  if (definition === undefined) {
    throw new RlpromptError({
      code: 'E_USAGE',
      exit: 'usage',
      message: `run --help knows no ${JSON.stringify(name)}, only all and ${TRAINER_NAMES.join(', ')}`,
      next: `rlprompt help ${name}`,
    });
  }
  const flags = Object.keys(definition.settings).map((key) => flagName(key as RunConfigKey));
  const prior = PRIOR_TRAINERS.some((one) => one === name) ? ['prior-beta'] : [];
  const names = new Set(['trainer', 'loss', 'learning-rate', ...prior, ...flags]);
  const rate = definition.defaults?.learningRate;
  for (const option of run.options) {
    if (!names.has(option.long?.replace(/^--(no-)?/, '') ?? '')) option.hideHelp();
    if (option.long === '--learning-rate' && rate !== undefined)
      option.description = option.description.replace(/\(default: [^)]*\)/, `(default: ${rate})`);
  }
}
