/** A part of a tokenizer.json: what it is, and its settings. */
export type Settings = Readonly<Record<string, unknown>>;

/** What a tokenizer.json holds that this program does not read as the Python library does. */
export class UnsupportedTokenizer extends Error {}

/** The settings of a component; undefined where the file has none. */
export function settingsOf(value: unknown): Settings | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'object' && !Array.isArray(value)) return value as Settings;
  throw new UnsupportedTokenizer(`a component is not an object: ${JSON.stringify(value).slice(0, 60)}`);
}

/** The settings of the components in a list, for instance of a Sequence. */
export function settingsList(value: unknown): Settings[] {
  if (!Array.isArray(value)) throw new UnsupportedTokenizer('a list of components is missing');
  return value.map((item) => settingsOf(item) ?? {});
}

export function textOf(settings: Settings, key: string, fallback?: string): string {
  const value = settings[key] ?? fallback;
  if (typeof value === 'string') return value;
  throw new UnsupportedTokenizer(`${settings.type ?? 'a component'} has no text ${key}`);
}

export function flagOf(settings: Settings, key: string, fallback: boolean): boolean {
  const value = settings[key] ?? fallback;
  if (typeof value === 'boolean') return value;
  throw new UnsupportedTokenizer(`${settings.type ?? 'a component'}: ${key} is neither true nor false`);
}

export function unknownKind(what: string, settings: Settings): UnsupportedTokenizer {
  return new UnsupportedTokenizer(`the ${what} ${JSON.stringify(settings.type ?? null)} is not known`);
}
