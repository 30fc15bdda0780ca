import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../package-root.js';

export interface EmbeddedModel {
  readonly name: string;
  readonly path: string;
}

/** The language models that come with the package: the folders of models/ that hold one. */
export function embeddedModels(): EmbeddedModel[] {
  const folder = join(PACKAGE_ROOT, 'models');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => ({ name, path: join(folder, name) }))
    .filter(({ path }) => existsSync(join(path, 'config.json')) && existsSync(join(path, 'tokenizer.json')))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
