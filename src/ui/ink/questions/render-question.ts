import { type Instance, type RenderOptions, render } from 'ink';
import type { ReactNode } from 'react';
import type { OutputStream } from '../../quiet-writer.js';
import { FrameStream } from '../parts/frame-stream.js';

/** What is drawn, and what to call once a frame for another size of the terminal was given. */
export type Question = Pick<Instance, 'rerender' | 'unmount' | 'waitUntilExit'> & { resized(): void };

/** Draws on stderr, which results never go to; keys are the caller's, Ctrl-C too. */
export function renderQuestion(
  node: ReactNode,
  { stderr, stdin }: { readonly stderr: OutputStream; readonly stdin: { readonly isTTY?: boolean | undefined } },
): Question {
  const frames = new FrameStream(stderr);
  const stream = frames as unknown as NodeJS.WriteStream;
  const options: RenderOptions = { stdout: stream, stderr: stream, stdin: stdin as NodeJS.ReadStream };
  const ink = render(node, { ...options, exitOnCtrlC: false, patchConsole: false });
  return { ...ink, resized: () => frames.resized() };
}
