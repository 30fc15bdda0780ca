import type { CliContext } from './context.js';

/** Puts a command's result on stdout. */
export function writeResult(context: CliContext, text: string): void {
  context.hasResult = true;
  context.stdout.write(text);
}
