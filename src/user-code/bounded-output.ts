/** Bytes of a reward's output that are kept of one call. */
const KEPT_BYTES = 64 * 1024;

const UNSEEN = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu;

/** Controls, bidi and zero-width characters become visible escapes; line ends and tabs stay. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** What a reward prints during a call: the first 64 KiB of it, whatever it prints. */
export class BoundedOutput {
  private chunks: Buffer[] = [];
  private kept = 0;
  private leftOut = 0;

  append(chunk: Buffer): void {
    const room = KEPT_BYTES - this.kept;
    // A copy: a slice would keep the whole of the chunk alive.
    if (room > 0) this.chunks.push(Buffer.from(chunk.subarray(0, room)));
    this.kept += Math.min(room, chunk.length);
    this.leftOut += Math.max(0, chunk.length - room);
  }

  /** Everything since the last time, made visible. */
  take(): string {
    const text = visibleText(Buffer.concat(this.chunks).toString('utf8'));
    const note = this.leftOut > 0 ? `\n… and ${this.leftOut} bytes more\n` : '';
    this.chunks = [];
    this.kept = 0;
    this.leftOut = 0;
    return text + note;
  }
}
