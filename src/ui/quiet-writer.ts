/** The part of a stream that reporters write to. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string, done?: (error?: Error | null) => void): unknown;
  on(event: 'error' | 'resize', listener: () => void): unknown;
  off(event: 'error' | 'resize', listener: () => void): unknown;
}

/** A writer that outlives its reader: after the first failed write (EPIPE, a closed terminal) the rest is dropped. */
export function quietWriter(stream: OutputStream): (text: string) => Promise<void> {
  let broken = false;
  // Without a listener a broken pipe would end the program, and with it the run.
  stream.on('error', () => {
    broken = true;
  });
  return (text) =>
    new Promise((resolve) => {
      if (broken) return resolve();
      try {
        stream.write(text, (error) => {
          broken ||= Boolean(error);
          resolve();
        });
      } catch {
        broken = true;
        resolve();
      }
    });
}
