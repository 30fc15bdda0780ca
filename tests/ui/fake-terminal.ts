import { EventEmitter } from 'node:events';
import type { RunControls } from '../../src/events.js';
import type { Clock } from '../../src/ui/clock.js';

/** A terminal of a size that keeps all that was written to it. */
export class FakeTerminal extends EventEmitter {
  readonly isTTY = true;
  readonly written: string[] = [];

  constructor(
    public columns: number,
    public rows: number,
  ) {
    super();
  }

  write(text: string, done?: (error?: Error | null) => void): boolean {
    this.written.push(text);
    done?.();
    return true;
  }

  get all(): string {
    return this.written.join('');
  }

  /** The text of the last frame drawn, without escape codes. */
  get frame(): string {
    const frames = this.written.filter((text) => text.replace(CONTROL_SEQUENCES, '') !== '');
    return (frames.at(-1) ?? '').replace(CONTROL_SEQUENCES, '').replace(/ +$/gm, '').replace(/\n$/, '');
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }
}

/** A keyboard in raw mode. */
export class FakeKeyboard extends EventEmitter {
  readonly isTTY = true;
  rawMode = false;
  private readonly pending: string[] = [];

  setRawMode(on: boolean): void {
    this.rawMode = on;
  }

  setEncoding(): void {}
  ref(): void {}
  unref(): void {}

  read(): string | null {
    return this.pending.shift() ?? null;
  }

  async press(input: string): Promise<void> {
    this.pending.push(input);
    this.emit('readable');
    await settled();
  }
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  private time = 0;
  private timers: { at: number; every: number | undefined; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(milliseconds: number, callback: () => void): () => void {
    return this.add({ at: this.time + milliseconds, every: undefined, callback });
  }

  every(milliseconds: number, callback: () => void): () => void {
    return this.add({ at: this.time + milliseconds, every: milliseconds, callback });
  }

  advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.time = next.at;
      if (next.every === undefined) this.timers = this.timers.filter((timer) => timer !== next);
      else next.at += next.every;
      next.callback();
    }
    this.time = end;
  }

  private add(timer: (typeof this.timers)[number]): () => void {
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }
}

/** Controls that note what was asked of them. */
export function notedControls(): { controls: RunControls; asked: string[] } {
  const asked: string[] = [];
  const controls: RunControls = {
    usage: () => [],
    progress: () => undefined,
    inspect: (text) => {
      asked.push(`inspect:${text}`);
      return new Promise(() => {});
    },
    pause: () => asked.push('pause'),
    continue: () => asked.push('continue'),
    save: () => asked.push('save'),
    evaluate: () => asked.push('evaluate'),
    addPrompt: (text) => asked.push(`prompt:${text}`),
    changeLabelWords: (prompt, edits) => asked.push(`words:${prompt}:${JSON.stringify(edits)}`),
    setWeights: (weights) => asked.push(`weights:${JSON.stringify(weights)}`),
    exportBest: (format) => asked.push(`export:${format}`),
    stop: (reason) => asked.push(`stop:${reason}`),
  };
  return { controls, asked };
}

/** Resolves when Ink, which draws at most every 34 ms, has drawn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 90));
}

const CONTROL_SEQUENCES = /\u001B\[[\d;?]*[A-Za-z]/g;

/** What a terminal may be sent: text, line ends, colours, and the moves of redrawing. */
export function forbiddenIn(output: string): string[] {
  const allowed = /\u001B\[(?:[\d;]*m|\d*[AEGKJ]|[2]J|H|\?25[hl]|\?2026[hl])/g;
  return (
    output
      .replace(allowed, '')
      .match(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu)
      ?.filter((c) => c !== '\n') ?? []
  );
}
