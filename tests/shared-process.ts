/**
 * Runs before each test file of the shared process: they share the embedded model, too, as the runs of one program do. Loading it
 * takes longer than many of the tests.
 */
import { loadLanguageModel } from '../src/lm/load.js';

await loadLanguageModel('mail-gpt-4m');
