import type * as InkReporter from '../ink/ink-reporter.js';

/**
 * Loads the screen, and with it Ink and React. They choose their build by NODE_ENV as they load; without one they take
 * the development build, which records a performance entry for all that it draws, for ever: a leak in a run of hours.
 */
export async function loadInkReporter(): Promise<typeof InkReporter> {
  if (process.env.NODE_ENV !== undefined) return import('../ink/ink-reporter.js');
  process.env.NODE_ENV = 'production';
  try {
    return await import('../ink/ink-reporter.js');
  } finally {
    delete process.env.NODE_ENV;
  }
}
