import { type Instance, type RenderOptions, render } from 'ink';
import type { ReactNode } from 'react';
import type { OutputStream } from '../../quiet-writer.js';

/** Draws on stderr, which results never go to; keys are the caller's, Ctrl-C too. */
export function renderQuestion(
  node: ReactNode,
  { stderr, stdin }: { readonly stderr: OutputStream; readonly stdin: { readonly isTTY?: boolean | undefined } },
): Instance {
  const stream = stderr as unknown as NodeJS.WriteStream;
  const options: RenderOptions = { stdout: stream, stderr: stream, stdin: stdin as NodeJS.ReadStream };
  return render(node, { ...options, exitOnCtrlC: false, patchConsole: false });
}
