import type { Example } from '../../task/types.js';

/** The columns `reference`, `reference2`, … of the data. */
export function referencesOf({ fields }: Example): string[] {
  return Object.entries(fields).flatMap(([name, text]) =>
    /^reference\d*$/.test(name) && text.trim() !== '' ? [text.trim()] : [],
  );
}
