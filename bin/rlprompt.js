#!/usr/bin/env node
// Alone and first: from here on a signal is answered, also while the rest is loaded.
import '../dist/src/cli/shared/signals.js';

await import('../dist/src/cli/main.js');
