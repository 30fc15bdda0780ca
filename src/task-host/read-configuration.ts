import { pathToFileURL } from 'node:url';
import { refuseProblems } from '../config/values/config-problem.js';
import { firstLine, RlpromptError } from '../errors.js';

/**
 * Runs a configuration file and gives its settings, as data.
 *
 * @throws RlpromptError E_CONFIG
 */
export async function readConfiguration(file: string): Promise<Record<string, unknown>> {
  try {
    return settingsOf(await importDefault(file));
  } catch (cause) {
    if (cause instanceof RlpromptError) throw cause;
    const message = `the configuration file failed: ${firstLine(cause)}`;
    const next = 'correct the file, or leave --config out';
    throw new RlpromptError({ code: 'E_CONFIG', exit: 'config', message, next, cause });
  }
}

async function importDefault(file: string): Promise<unknown> {
  if (file.endsWith('ts')) {
    const { createJiti } = await import('jiti');
    return createJiti(import.meta.url).import(file, { default: true });
  }
  return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
}

function settingsOf(loaded: unknown): Record<string, unknown> {
  if (typeof loaded !== 'object' || loaded === null || Array.isArray(loaded)) {
    refuseProblems([{ message: 'the default export must be an object of settings' }]);
    return {};
  }
  if (Object.hasOwn(loaded, '__proto__')) refuseProblems([{ message: '__proto__ cannot be a key' }]);
  return Object.fromEntries(Object.keys(loaded).map((key) => [key, copyOf(loaded, key)]));
}

/** A setting may be computed, by code that fails, and it may be no data. */
function copyOf(from: object, key: string): unknown {
  try {
    return structuredClone((from as Record<string, unknown>)[key]);
  } catch (cause) {
    refuseProblems([{ message: `${key} could not be read: ${firstLine(cause)}` }]);
    return undefined;
  }
}
