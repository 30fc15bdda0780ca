import { fstatSync } from 'node:fs';
import { hasErrno, nodeFileSystem, writeFully } from '../../files/file-system.js';
import { safeLines } from '../../ui/draw/safe-text.js';

const STDOUT = 1;

/** Where a command's result goes. */
export interface ResultOutput {
  write(text: string): void;
  /** How wide the terminal is; missing for a file or a pipe, whose lines nobody breaks. */
  readonly columns?: number | undefined;
}

/**
 * Standard output that never loses a part in silence. Node writes to a file once and takes no note of how much of it
 * arrived, so files and devices are written here, byte for byte; pipes and terminals are Node's own business. What a
 * terminal gets is made visible first: a prompt or a path may hold what drives it.
 */
export class StandardOutput implements ResultOutput {
  /** Why something did not arrive; a reader that has left, such as `head`, is no failure. */
  failure: Error | undefined;
  private hasReader = true;

  constructor(private readonly stream: NodeJS.WriteStream) {
    stream.on('error', (error) => this.note(error));
  }

  get columns(): number | undefined {
    // A terminal that does not know its width says 0.
    return (this.stream.isTTY && this.stream.columns) || undefined;
  }

  write(text: string): void {
    if (!this.hasReader || this.failure) return;
    if (!isFileOrDevice(this.stream)) {
      this.stream.write(this.stream.isTTY ? safeLines(text) : text);
      return;
    }
    try {
      writeFully(nodeFileSystem, STDOUT, Buffer.from(text));
    } catch (error) {
      this.note(error);
    }
  }

  private note(error: unknown): void {
    if (hasErrno(error, 'EPIPE', 'EIO') && !isFileOrDevice(this.stream)) this.hasReader = false;
    else this.failure ??= error instanceof Error ? error : new Error(String(error));
  }
}

function isFileOrDevice(stream: NodeJS.WriteStream): boolean {
  if (stream.isTTY) return false;
  try {
    const facts = fstatSync(STDOUT);
    return facts.isFile() || facts.isCharacterDevice();
  } catch {
    return false;
  }
}
