const NAMES: ReadonlySet<string> = new Set(['latin1', 'latin-1', 'iso-8859-1', 'windows-1252', 'cp1252']);

/** What Windows-1252 has at 0x80 … 0x9f; the five bytes it leaves open stay control characters. */
const UPPER_CONTROLS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Bytes that Windows-1252 leaves open. */
export const UNUSED_IN_WINDOWS_1252: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** Names of Windows-1252 and of its part Latin-1, which is read as the whole, as browsers do. */
export function isWindows1252Name(name: string): boolean {
  return NAMES.has(name.toLowerCase());
}

/** TextDecoder is of no use here: several releases of Node read "latin1" and "windows-1252" as plain ISO 8859-1. */
export function decodeWindows1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replaceAll(/[\x80-\x9f]/g, (control) => UPPER_CONTROLS[control.charCodeAt(0) - 0x80] ?? control);
}
