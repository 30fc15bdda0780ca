import { nearestWord, RlpromptError } from '../errors.js';
import { toCamelCase } from '../options/option.js';
import { isNonEmpty, type NonEmpty } from '../statistics/non-empty.js';
import { TRAINER_NAMES, type TrainerName } from '../trainers/trainer-table.js';

/** One competitor: a trainer, and settings that only its runs have. */
export interface TrainerEntry {
  /** As it was written, for instance `soft-q-learning:preset=paper`. */
  readonly name: string;
  readonly trainer: TrainerName;
  /** `key=value` each. */
  readonly settings: readonly string[];
}

/** What a comparison decides itself. */
const SETTLED = ['task', 'trainer', 'seed', 'out', 'forwards', 'promptLibrary'];

const BEGINS_ENTRY = /^[a-z][a-z0-9-]*(:|$)/i;

/**
 * Reads `log-variance,evolution,soft-q-learning:preset=paper;reward-to=0,5`: entries stand between commas, settings
 * after a colon and between semicolons. A comma within a value is one as long as no name follows it.
 *
 * @throws RlpromptError `E_USAGE` for an unknown trainer, a setting without `=`, or an entry that comes twice
 */
export function parseTrainerEntries(text: string): NonEmpty<TrainerEntry> {
  const entries = splitEntries(text).map(parseEntry);
  const repeated = entries.find(({ name }, i) => entries.findIndex((other) => other.name === name) < i);
  if (repeated) throw wrong(`${JSON.stringify(repeated.name)} comes twice`);
  if (!isNonEmpty(entries)) throw wrong('there is no trainer to compare');
  return entries;
}

function splitEntries(text: string): string[] {
  const entries: string[] = [];
  for (const piece of text.split(',').map((part) => part.trim())) {
    const before = entries.at(-1);
    if (before?.includes(':') && !BEGINS_ENTRY.test(piece)) entries[entries.length - 1] = `${before},${piece}`;
    else entries.push(piece);
  }
  return entries.filter((entry) => entry !== '');
}

function parseEntry(text: string): TrainerEntry {
  const colon = text.indexOf(':');
  const trainer = (colon < 0 ? text : text.slice(0, colon)).trim();
  const settings = colon < 0 ? [] : text.slice(colon + 1).split(';');
  const kept = settings.map((setting) => setting.trim()).filter((setting) => setting !== '');
  if (!isTrainerName(trainer)) throw unknownTrainer(trainer);
  const bad = kept.find((setting) => setting.indexOf('=') < 1);
  if (bad !== undefined) throw wrong(`${JSON.stringify(bad)} is not key=value`);
  const settled = kept.map(settingKey).find((key) => SETTLED.includes(key));
  if (settled !== undefined) throw wrong(`${settled} is the same for every trainer: it is set by the comparison`);
  return { name: kept.length === 0 ? trainer : `${trainer}:${kept.join(';')}`, trainer, settings: kept };
}

/** The key of `key=value`. */
export function settingKey(setting: string): string {
  return toCamelCase(setting.slice(0, setting.indexOf('=')).trim());
}

function isTrainerName(name: string): name is TrainerName {
  return (TRAINER_NAMES as readonly string[]).includes(name);
}

function unknownTrainer(name: string): RlpromptError {
  const near = nearestWord(name, TRAINER_NAMES);
  return wrong(`there is no trainer ${JSON.stringify(name)}${near ? `, did you mean ${near}?` : ''}`);
}

function wrong(message: string): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message,
    where: '--trainers',
    kept: 'nothing was started',
    next: `trainers: ${TRAINER_NAMES.join(', ')}`,
  });
}
