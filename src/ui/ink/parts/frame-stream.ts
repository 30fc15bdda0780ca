import { EventEmitter } from 'node:events';
import { type OutputStream, quietWriter } from '../../quiet-writer.js';

const CLEAR_SCREEN = '\u001B[2J\u001B[H';

/**
 * The terminal as Ink sees it. Ink wipes screen and scrollback whenever it believes a frame as high as the terminal;
 * here it never believes so (frames are laid out to fit), never measures a terminal without columns, and a broken
 * pipe ends the drawing and not the run.
 */
export class FrameStream extends EventEmitter {
  readonly isTTY = true;
  readonly rows = Number.POSITIVE_INFINITY;
  readonly writable = true;
  readonly writableLength = 0;
  private readonly send: (text: string) => Promise<void>;
  private drawnColumns: number;

  constructor(private readonly terminal: OutputStream) {
    super();
    this.send = quietWriter(terminal);
    this.drawnColumns = this.columns;
  }

  get columns(): number {
    return Math.max(1, this.terminal.columns ?? 80);
  }

  readonly write = (text: string, done?: () => void): boolean => {
    void this.send(text).then(done);
    return true;
  };

  /** Call when the program continues after it was suspended, before a frame is handed to Ink. */
  resumed(): void {
    void this.send(CLEAR_SCREEN);
    this.emit('resize');
  }

  /** Call when the terminal changed its size and the frame for the new size was handed to Ink. */
  resized(): void {
    // In a narrower terminal the old lines have wrapped to more rows than Ink erases.
    if (this.columns < this.drawnColumns) void this.send(CLEAR_SCREEN);
    this.drawnColumns = this.columns;
    this.emit('resize');
  }
}
