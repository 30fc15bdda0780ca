import type * as InkReporter from './ink/ink-reporter.js';

/**
 * Loads the screen, and with it Ink and React. They choose their build by NODE_ENV as they load, and the development
 * build records a performance entry for every component drawn, for ever: a leak in a run of hours.
 */
export async function loadInkReporter(): Promise<typeof InkReporter> {
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    return await import('./ink/ink-reporter.js');
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = environment;
  }
}
