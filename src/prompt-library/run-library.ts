import * as z from 'zod';
import type { PromptSummary } from '../events.js';
import { countOf } from '../group-digits.js';
import { readManifest, writeManifest } from '../run/store/run-manifest.js';
import type { Task } from '../task/types.js';
import { changeLibrary, libraryPath, readLibrary } from './library-file.js';
import { learn, type RecalledPrompt, recall } from './prompt-library.js';
import { signatureOf, type TaskSignature } from './task-signature.js';

/** What the library needs to know of a run. */
export interface RememberedRun {
  readonly store: { readonly path: string };
  readonly task: Task;
  readonly template: { readonly source: string };
}

export interface Recalled {
  readonly prompts: readonly RecalledPrompt[];
  /** What was found, or why nothing was, for the user. */
  readonly message: string;
}

const RECALLED = z.array(z.object({ text: z.string(), task: z.string(), similarity: z.number(), mean: z.number() }));

/**
 * The prompts a run begins with: those of similar tasks. They are written into its `run.json`, so that the run, resumed
 * before its first checkpoint, begins with the same ones whatever other runs have learned meanwhile.
 */
export function recallForRun(run: RememberedRun, count: number, path = libraryPath()): Recalled {
  const manifest = readManifest(run.store.path) as ReturnType<typeof readManifest> & {
    readonly libraryPrompts?: unknown;
    readonly memory?: unknown;
  };
  const before = RECALLED.safeParse(manifest.libraryPrompts ?? manifest.memory);
  if (before.success) return { prompts: before.data, message: describe(before.data) };
  const { prompts, message } = lookUp(run, count, path);
  writeManifest(run.store.path, { ...manifest, libraryPrompts: prompts } as typeof manifest);
  return { prompts, message };
}

/** Keeps what a run found; says what went wrong, for no run fails by the library. */
export async function rememberRun(
  run: RememberedRun,
  prompts: readonly PromptSummary[],
  path = libraryPath(),
): Promise<string | undefined> {
  const scored = prompts.flatMap(({ text, devReward }) =>
    devReward === undefined || text === '' ? [] : [{ text, reward: devReward }],
  );
  const experience = { task: run.task.name, signature: signatureOfRun(run), prompts: scored };
  try {
    await changeLibrary(path, (read) => learn(read(), experience));
    return undefined;
  } catch (error) {
    return `the run is not remembered: ${(error as Error).message}`;
  }
}

function lookUp(run: RememberedRun, count: number, path: string): Recalled {
  try {
    const prompts = recall(readLibrary(path), signatureOfRun(run), count);
    return { prompts, message: describe(prompts) };
  } catch (error) {
    return { prompts: [], message: `nothing is taken from the prompt library: ${(error as Error).message}` };
  }
}

function signatureOfRun({ store, task, template }: RememberedRun): TaskSignature {
  const { targetLm, digests } = readManifest(store.path);
  return signatureOf(task, template.source, { name: targetLm, digest: digests.targetLm ?? targetLm });
}

function describe(prompts: readonly RecalledPrompt[]): string {
  if (prompts.length === 0) return 'prompt library: no similar task was remembered';
  const tasks = new Map(prompts.map(({ task, similarity }) => [task, similarity]));
  const named = [...tasks].map(([task, similarity]) => `${task} (similarity ${similarity.toFixed(2)})`);
  return `prompt library: ${countOf(prompts.length, 'prompt')} of earlier runs to start from, of ${named.join(', ')}`;
}
