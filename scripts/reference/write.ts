import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES } from './pages.js';
import { ROOT } from './source.js';

for (const [name, render] of Object.entries(PAGES)) writeFileSync(join(ROOT, 'docs/reference', name), render());
