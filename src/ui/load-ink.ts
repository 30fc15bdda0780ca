/**
 * Imports a module that draws with Ink. What Ink and React read from the environment they read as they load, and for good:
 * - Without NODE_ENV, React takes its development build, which records a performance entry for all that it draws and keeps
 *   it: a leak in a run of hours.
 * - Where CI is set, even to nothing, Ink draws no frame before its end. Whether to draw is the caller's decision.
 *
 * Afterwards the environment is what it was: other programs inherit it.
 */
export async function loadInk<Module>(load: () => Promise<Module>): Promise<Module> {
  const meanwhile = { NODE_ENV: process.env.NODE_ENV ?? 'production', CI: 'false', CONTINUOUS_INTEGRATION: 'false' };
  const before = Object.keys(meanwhile).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, meanwhile);
  try {
    return await load();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
