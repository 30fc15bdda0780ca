import type { Command, Option } from 'commander';
import { flagName } from '../../config/config-layers.js';
import { optionMeta, RUN_CONFIG_KEYS, type RunConfigKey } from '../../config/run-config.js';
import { nearestWord, RlpromptError } from '../../errors.js';
import { definitionOf, TRAINER_NAMES } from '../../trainers/trainer-table.js';
import { formatTable } from '../output/format-table.js';
import type { CommandEntry } from './command-module.js';

/** What most runs are told; the rest is shown by `run --help all`. */
const COMMON: ReadonlySet<string> = new Set([
  '--text-column',
  '--label-column',
  '--dev',
  '--test',
  '--labels',
  '--verbalizer',
  '--template',
  '--manual-prompt',
  '--shots',
  '--generator',
  '--target',
  '--steps',
  '--forwards',
  '--minutes',
  '--preset',
  '--trainer',
  '--prompt-length',
  '--calibrate',
  '--seed',
  '--seeds',
  '--out',
  '--config',
  '--ui',
  '--json',
]);

/**
 * Shows of the flags of `run` those that most runs need, those of one trainer, or all.
 *
 * @throws RlpromptError `E_USAGE` for a topic that is neither `all` nor a trainer
 */
export function limitRunHelp(run: Command, topic: string | undefined): void {
  if (topic === 'all') return;
  const isShown = topic === undefined ? isCommon : ofTrainer(topic);
  for (const option of run.options) if (!isShown(option)) option.hideHelp();
  const count = run.options.length;
  run.addHelpText('after', `All ${count} options: run --help all. Of a trainer: run --help ppo. Search: help WORD.`);
}

/** Commands, and settings of `run`, whose name or description holds a word. */
export function searchHelp(word: string, entries: readonly CommandEntry[]): string {
  const holds = (...texts: readonly string[]) => texts.some((text) => text.toLowerCase().includes(word.toLowerCase()));
  const commands = entries.filter(({ name, summary }) => holds(name, summary));
  const settings = RUN_CONFIG_KEYS.filter((key) => holds(key, flagName(key), optionMeta(key).description));
  const rows = [
    ...commands.map(({ name, summary }) => [`rlprompt ${name}`, summary]),
    ...settings.filter((key) => !optionMeta(key).argument).map((key) => [`run --${flagName(key)}`, describe(key)]),
  ];
  if (rows.length > 0) return formatTable(rows);
  const near = nearestWord(word, [...entries.map(({ name }) => name), ...RUN_CONFIG_KEYS.map(flagName)]);
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `neither a command nor an option has to do with ${JSON.stringify(word)}`,
    next: near === undefined ? 'rlprompt --help' : `rlprompt help ${near}`,
  });
}

function describe(key: RunConfigKey): string {
  return optionMeta(key).description;
}

function isCommon({ long }: Option): boolean {
  return long !== null && long !== undefined && COMMON.has(long);
}

function ofTrainer(name: string): (option: Option) => boolean {
  const definition = definitionOf(name);
  if (definition === undefined) {
    throw new RlpromptError({
      code: 'E_USAGE',
      exit: 'usage',
      message: `run --help knows no ${JSON.stringify(name)}, only all and ${TRAINER_NAMES.join(', ')}`,
      next: `rlprompt help ${name}`,
    });
  }
  const flags = new Set(Object.keys(definition.settings).map((key) => flagName(key as RunConfigKey)));
  const names = new Set(['trainer', 'loss', 'learning-rate', ...flags]);
  return ({ long }) => names.has(long?.replace(/^--(no-)?/, '') ?? '');
}
