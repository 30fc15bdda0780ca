import { environmentName, flagName } from '../../src/config/config-layers.js';
import { runConfigJsonSchema } from '../../src/config/json-schema.js';
import { optionMeta, RUN_CONFIG_KEYS, type RunConfigKey } from '../../src/config/run-config.js';
import { PRESETS, type Preset } from '../../src/config/settings/presets.js';
import { OPTION_GROUPS } from '../../src/options/option.js';
import type { TrainerDefinition } from '../../src/trainers/contract/trainer-definition.js';
import { TRAINERS } from '../../src/trainers/trainer-table.js';
import { code, heading, table } from './table.js';

/** What a JSON Schema says of one setting. */
interface SettingSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SettingSchema[];
  readonly items?: SettingSchema;
  readonly prefixItems?: readonly SettingSchema[];
  readonly default?: unknown;
}

const INTRODUCTION = `Each setting has a key, for a configuration file, \`--set key=value\` and the API. It also has a flag and an environment
variable: \`topK\`, \`--top-k\`, \`${environmentName('topK')}\`. Flags win over variables, variables over files; \`rlprompt config print --sources\`
names the source of each value. "Changed by" lists the presets (\`--preset\`) and trainers (\`--trainer\`) with another default.`;

export function settingsPage(): string {
  const properties = runConfigJsonSchema().properties as Record<RunConfigKey, SettingSchema>;
  const sections = OPTION_GROUPS.map((group) => {
    const keys = RUN_CONFIG_KEYS.filter((key) => optionMeta(key).group === group);
    const rows = keys.map((key) => {
      const { argument, description } = optionMeta(key);
      const flag = argument ? 'argument' : code(`--${flagName(key)}`);
      return [code(key), flag, typeOf(properties[key]), defaultOf(properties[key]), changes(key), description];
    });
    return `## ${group}\n\n${table(['key', 'flag', 'type', 'default', 'changed by', 'meaning'], rows)}\n`;
  });
  return [heading('Settings', INTRODUCTION), ...sections].join('\n');
}

function typeOf(schema: SettingSchema): string {
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(', ');
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.anyOf) return [...new Set(alternativesOf(schema).map(typeOf))].join(' or ');
  if (schema.prefixItems) return `[${schema.prefixItems.map(typeOf).join(', ')}]`;
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  return schema.type === 'object' ? 'map' : (schema.type ?? 'any');
}

/** What a setting may be, alternatives within alternatives included: a list of phrases, or the text that names their file. */
function alternativesOf(schema: SettingSchema): readonly SettingSchema[] {
  return schema.anyOf ? schema.anyOf.flatMap(alternativesOf) : [schema];
}

function defaultOf({ default: value }: SettingSchema): string {
  return value === undefined ? '' : code(JSON.stringify(value));
}

/** Presets and trainers that have another default than the preset `default`. */
function changes(key: RunConfigKey): string {
  const ours: Partial<Preset> = PRESETS.default;
  const presets = Object.entries(PRESETS).flatMap(([name, preset]: [string, Partial<Preset>]) =>
    key in preset && !isEqual(preset[key as keyof Preset], ours[key as keyof Preset])
      ? [`${code(name)} ${show(preset[key as keyof Preset])}`]
      : [],
  );
  const trainers = TRAINERS.flatMap(({ definition }: { definition: TrainerDefinition }) => {
    const value = Object.entries(definition.defaults ?? {}).find(([name]) => name === key)?.[1];
    return value === undefined ? [] : [`${code(definition.name)} ${show(value)}`];
  });
  return [...presets, ...trainers].join('; ');
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function show(value: unknown): string {
  return JSON.stringify(value);
}
