import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { nearestWord, RlpromptError } from '../../errors.js';
import { cacheRoot } from '../../files/program-folders.js';
import { HubCache } from '../../lm/hub/hub-cache.js';
import { looksLikeHubName, parseHubName } from '../../lm/hub/hub-name.js';
import { embeddedModels } from '../../lm/model/embedded.js';
import { cutsOf } from '../../lm/onnx/head/split-storage.js';
import { folderBytes } from '../shared/folder-bytes.js';

/** Deletes a downloaded model, or one commit of it, and the split graphs made of it. */
export function removeModel(text: string, env: NodeJS.ProcessEnv): { removed: string[]; bytes: number } {
  const root = cacheRoot(env);
  const cache = new HubCache(join(root, 'models'));
  const there = cache.list();
  if (!looksLikeHubName(text))
    throw notRemovable(
      text,
      there.map(({ id }) => id),
    );
  const name = parseHubName(text);
  const commit = text.includes('@') ? cache.commitOf(name) : undefined;
  const chosen = there.filter(({ id, commit: its }) => id === name.id && (!text.includes('@') || its === commit));
  if (chosen.length === 0)
    throw notRemovable(
      text,
      there.map(({ id }) => id),
    );
  const isWhole = commit === undefined;
  const folders = isWhole ? [cache.repository(name)] : chosen.map(({ path }) => path);
  const cuts = folders.flatMap((folder) => cutsOf(join(root, 'cuts'), folder));
  const removed = [...folders, ...cuts];
  const bytes = removed.reduce((sum, folder) => sum + folderBytes(folder), 0);
  cache.remove(name, commit);
  for (const cut of cuts) rmSync(cut, { recursive: true, force: true });
  return { removed, bytes };
}

function notRemovable(text: string, ids: readonly string[]): RlpromptError {
  const isEmbedded = embeddedModels().some(({ name }) => name === text);
  const near = nearestWord(text, ids);
  return new RlpromptError({
    code: 'E_MODEL_NOT_FOUND',
    exit: 'missingInput',
    message: isEmbedded
      ? `${text} comes with the program and stays`
      : `there is no downloaded model ${JSON.stringify(text)}${near ? `, did you mean ${near}?` : ''}`,
    kept: 'everything',
    next: 'rlprompt models list',
  });
}
