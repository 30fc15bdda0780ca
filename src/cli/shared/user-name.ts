import { userInfo } from 'node:os';

/** Who uses the program. In a container the user is often a number that no list of the system names: undefined then. */
export function userName(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return env.USER || env.LOGNAME || undefined;
  }
}
