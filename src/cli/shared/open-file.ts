import { spawn } from 'node:child_process';

/** Opens a file or an address in the user's browser; false where there is no program for it. */
export function openInBrowser(location: string): Promise<boolean> {
  const [program, args] = opener(location);
  return new Promise((done) => {
    const child = spawn(program, args, { detached: true, stdio: 'ignore' });
    child.once('error', () => done(false));
    child.once('spawn', () => {
      child.unref();
      done(true);
    });
  });
}

function opener(location: string): [program: string, args: readonly string[]] {
  if (process.platform === 'darwin') return ['open', [location]];
  if (process.platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', location]];
  return ['xdg-open', [location]];
}
