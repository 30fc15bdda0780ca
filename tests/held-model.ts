import { afterAll, beforeAll } from 'vitest';
import { loadLanguageModel } from '../src/lm/load.js';

/** Keeps the embedded model loaded for all runs of a test file: they share it, as users of one program do. */
export function holdEmbeddedModel(): void {
  let release = async (): Promise<void> => {};
  beforeAll(async () => {
    const { dispose } = await loadLanguageModel('mail-gpt-4m');
    release = dispose;
  });
  afterAll(() => release());
}
