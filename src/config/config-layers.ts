import { isAbsolute, resolve } from 'node:path';
import { nearestWord } from '../errors.js';
import { type TextForm, toCamelCase, toKebabCase } from '../options/option.js';
import type { ConfigFile } from './files/config-file.js';
import { readText } from './files/read-text.js';
import { removalOf } from './removed-settings.js';
import { currentKey, currentValue, namesOf } from './renamed-settings.js';
import { optionMeta, RUN_CONFIG_KEYS, type RunConfigKey } from './run-config.js';
import { type ConfigProblem, showValue } from './values/config-problem.js';
import { isSecretKey, looksSecret } from './values/secrets.js';

/** A value and who said it, for `config print --sources`. */
export interface SourcedValue {
  readonly value: unknown;
  readonly source: string;
}

/** What one source says; later sources win. */
export type ConfigLayer = Map<RunConfigKey, SourcedValue>;

const WHERE_KEYS_ARE =
  'a service’s key is read from the environment variable OPENAI_API_KEY or RLPROMPT_ENDPOINT_KEY, the hub’s from HF_TOKEN';

const KEYS: ReadonlySet<string> = new Set(RUN_CONFIG_KEYS);

/** Values of flags by key: texts as typed, or values of the setting's own type. */
export function readFlagLayer(flags: Readonly<Record<string, unknown>>): ConfigLayer {
  const layer: ConfigLayer = new Map();
  for (const key of RUN_CONFIG_KEYS) {
    const value = flags[key];
    if (value === undefined) continue;
    const source = optionMeta(key).argument ? 'argument' : `--${value === false ? 'no-' : ''}${flagName(key)}`;
    layer.set(key, { value: currentValue(key, readFlag(optionMeta(key).form, value)), source });
  }
  return layer;
}

/** Weights that were given one flag each are one record. */
function readFlag(form: TextForm, value: unknown): unknown {
  const text = form === 'weights' && Array.isArray(value) ? value.join(',') : value;
  return typeof text === 'string' ? readText(form, text) : text;
}

/** Each `key=value` of `--set`; a list's key may come several times. */
export function readSetLayer(
  assignments: readonly string[],
  env: NodeJS.ProcessEnv,
  problems: ConfigProblem[],
): ConfigLayer {
  const layer: ConfigLayer = new Map();
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    const name = equals < 0 ? assignment : assignment.slice(0, equals);
    const where = `--set ${name}`;
    if (equals < 1) {
      problems.push({ message: '--set takes key=value', where });
      continue;
    }
    const key = knownKey(toCamelCase(name.trim()), where, problems, name);
    if (!key) continue;
    const text = expandEnv(assignment.slice(equals + 1), where, env, problems);
    const value = currentValue(key, readText(optionMeta(key).form, text));
    const before = layer.get(key)?.value;
    const isRepeatedList = Array.isArray(before) && Array.isArray(value) && optionMeta(key).form === 'list';
    layer.set(key, { value: isRepeatedList ? [...before, ...value] : value, source: where });
  }
  return layer;
}

/** Variables such as RLPROMPT_TOP_K. */
export function readEnvLayer(env: NodeJS.ProcessEnv): ConfigLayer {
  const layer: ConfigLayer = new Map();
  for (const key of RUN_CONFIG_KEYS) {
    for (const name of namesOf(key).map(environmentName)) {
      const text = env[name];
      if (!text || layer.has(key)) continue;
      layer.set(key, { value: currentValue(key, readText(optionMeta(key).form, text)), source: name });
    }
  }
  return layer;
}

/** What a configuration file says; secrets are refused and not repeated. */
export function readFileLayer(file: ConfigFile, env: NodeJS.ProcessEnv, problems: ConfigProblem[]): ConfigLayer {
  const layer: ConfigLayer = new Map();
  for (const [name, given] of Object.entries(file.values)) {
    const where = file.locate(name);
    const isSecret = !KEYS.has(name) && isSecretKey(name);
    if (isSecret || (typeof given === 'string' && looksSecret(given))) {
      problems.push({
        message: isSecret
          ? `${name} is not a setting: ${WHERE_KEYS_ARE}`
          : `${name} holds a secret: use env:NAME, the value is read from that variable`,
        where,
      });
      continue;
    }
    const key = knownKey(name, where, problems);
    if (!key) continue;
    const value = currentValue(key, typeof given === 'string' ? expandEnv(given, where, env, problems) : given);
    layer.set(key, { value: optionMeta(key).path ? fromFolder(key, value, file.directory) : value, source: where });
  }
  return layer;
}

/** Settings a program hands over, as they are. */
export function readProgramLayer(values: object, problems: ConfigProblem[]): ConfigLayer {
  const layer: ConfigLayer = new Map();
  for (const [name, value] of Object.entries(values)) {
    const key = knownKey(name, 'config', problems);
    if (key && value !== undefined) layer.set(key, { value: currentValue(key, value), source: 'config' });
  }
  return layer;
}

/** The variable that sets a key: `topK` → RLPROMPT_TOP_K. */
export function environmentName(key: string): string {
  return `RLPROMPT_${toKebabCase(key).replaceAll('-', '_').toUpperCase()}`;
}

/** The flag of a key, without dashes. */
export function flagName(key: RunConfigKey): string {
  return optionMeta(key).flag ?? toKebabCase(key);
}

function knownKey(name: string, where: string, problems: ConfigProblem[], typed = name): RunConfigKey | undefined {
  const current = currentKey(name);
  if (KEYS.has(current)) return current as RunConfigKey;
  const removed = removalOf(name);
  if (removed) {
    problems.push({ message: removed, where });
    return undefined;
  }
  const near = nearestWord(toCamelCase(name), KEYS);
  problems.push({ message: `unknown key ${showValue(typed)}${near ? `, did you mean ${near}?` : ''}`, where });
  return undefined;
}

function expandEnv(text: string, where: string, env: NodeJS.ProcessEnv, problems: ConfigProblem[]): string {
  const variable = /^env:([A-Za-z_]\w*)$/.exec(text)?.[1];
  if (!variable) return text;
  const value = env[variable];
  if (value === undefined) problems.push({ message: `the environment variable ${variable} is not set`, where });
  return value ?? text;
}

/** Built-in and hub names stay as they are; only what is written as a path is one. */
function fromFolder(key: RunConfigKey, value: unknown, directory: string): unknown {
  if (typeof value !== 'string' || isAbsolute(value)) return value;
  return key === 'out' || /^\.{1,2}[/\\]/.test(value) ? resolve(directory, value) : value;
}
