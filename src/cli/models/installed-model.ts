import { downloadedFolder } from '../../lm/hub/hub.js';
import { looksLikeHubName } from '../../lm/hub/hub-name.js';
import { findModelPath, localModelPath } from '../../lm/load.js';

/** The folder of a model that is on this machine; nothing is downloaded for it. */
export async function installedModel(name: string): Promise<string> {
  const local = localModelPath(name);
  if (local !== undefined) return local;
  return looksLikeHubName(name) ? downloadedFolder(name) : findModelPath(name);
}
