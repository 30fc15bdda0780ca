import { type Command, Option } from 'commander';
import { flagName } from '../../config/config-layers.js';
import { findConfigFile, loadConfigFile } from '../../config/files/config-file.js';
import { runConfigJsonSchema } from '../../config/json-schema.js';
import { type ResolvedRunConfig, type RunConfigSources, resolveRunConfig } from '../../config/resolve-run-config.js';
import { optionMeta, RUN_CONFIG_KEYS, type RunConfigKey } from '../../config/run-config.js';
import type { CliContext } from '../output/context.js';

/** What settings mean to a command to which they mean something else than to a run. */
type Described = Partial<Readonly<Record<RunConfigKey, string>>>;

/** Adds the flags of some settings, as the schema or the command describes them, with `--config` and `--set` beside them. */
export function addConfigOptions(command: Command, keys: readonly RunConfigKey[], described: Described = {}): void {
  addSettingFlags(command, keys, described);
  command.addOption(
    new Option('--config <FILE>', 'configuration file (default: the nearest rlprompt.config.*)').helpGroup('Run:'),
  );
  command.addOption(
    new Option('--set <key=value>', 'any setting by its key; repeatable').argParser(collect).helpGroup('Run:'),
  );
}

export function addSettingFlags(command: Command, keys: readonly RunConfigKey[], described: Described = {}): void {
  const { properties } = runConfigJsonSchema() as { properties: Record<string, Property> };
  for (const key of keys) {
    if (optionMeta(key).argument) continue;
    const option = optionOf(key, schemaFacts(key, properties[key]!));
    option.description = described[key] ?? option.description;
    command.addOption(option);
  }
}

/** Settings of groups, in the order of the schema. */
export function configKeys(groups: readonly string[]): RunConfigKey[] {
  return RUN_CONFIG_KEYS.filter((key) => groups.includes(optionMeta(key).group));
}

/** The settings that the command line, the environment and the configuration file make. */
export async function readRunConfig(
  command: Command,
  context: CliContext,
  task: string | undefined,
): Promise<ResolvedRunConfig> {
  return resolveRunConfig(await readRunSources(command, context, task));
}

/** What the command line, the environment and the configuration file say, not yet merged. */
export async function readRunSources(
  command: Command,
  context: CliContext,
  task: string | undefined,
): Promise<RunConfigSources> {
  const { config, set } = command.opts<{ config?: string; set?: string[] }>();
  return { ...(await settingsSources(context, { task, ...givenFlags(command) }, config)), set: set ?? [] };
}

/** What a few settings, the environment and the configuration file say, not yet merged. */
export async function settingsSources(
  { env }: CliContext,
  flags: Readonly<Record<string, unknown>>,
  named?: string,
): Promise<RunConfigSources> {
  const path = named ?? findConfigFile(process.cwd());
  const file = path === undefined ? undefined : await loadConfigFile(path);
  return { flags, set: [], env, file };
}

/** Values of the settings' flags that were typed, by key. */
export function givenFlags(command: Command): Record<string, unknown> {
  const flags: Record<string, unknown> = {};
  for (const key of RUN_CONFIG_KEYS) {
    const option = command.options.find(
      ({ long }) => long === `--${flagName(key)}` || long === `--no-${flagName(key)}`,
    );
    const name = option?.attributeName();
    if (name !== undefined && command.getOptionValueSource(name) === 'cli') flags[key] = command.getOptionValue(name);
  }
  return flags;
}

/** For a flag that may come several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function optionOf(key: RunConfigKey, facts: SchemaFacts): Option {
  const { description, form, short, value, paper, group } = optionMeta(key);
  const notes = [
    facts.default !== undefined && form !== 'boolean' && `default: ${facts.default}`,
    paper && `paper: ${paper}`,
  ].filter(Boolean);
  const name = form === 'boolean' && facts.isOnByDefault ? `no-${flagName(key)}` : flagName(key);
  const flags = `${short ? `-${short}, ` : ''}--${name}${form === 'boolean' ? '' : ` <${value}>`}`;
  const text = name.startsWith('no-') ? `no ${description}` : description;
  const option = new Option(flags, notes.length > 0 ? `${text} (${notes.join('; ')})` : text).helpGroup(`${group}:`);
  // Shown and completed; a wrong one is reported by the schema, together with every other mistake.
  if (facts.choices) option.argChoices = [...facts.choices];
  return form === 'list' || form === 'weights' ? option.argParser(collect) : option;
}

/** A setting in the JSON Schema of all settings. */
interface Property {
  readonly enum?: string[];
  readonly default?: unknown;
}

interface SchemaFacts {
  readonly choices: readonly string[] | undefined;
  /** As help shows it. */
  readonly default: string | undefined;
  readonly isOnByDefault: boolean;
}

function schemaFacts(key: RunConfigKey, { enum: choices, default: value }: Property): SchemaFacts {
  const isShown = value !== undefined && String(value) !== '' && !/\(default: /.test(optionMeta(key).description);
  return { choices, default: isShown ? String(value) : undefined, isOnByDefault: value === true };
}
