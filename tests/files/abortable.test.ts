import { expect, it } from 'vitest';
import { abortable } from '../../src/files/abortable.js';

it('waits for the work or for the end of it, whichever comes first', async () => {
  const never = new Promise<string>(() => {});
  const controller = new AbortController();
  await expect(abortable(Promise.resolve('done'), controller.signal)).resolves.toBe('done');
  await expect(abortable(Promise.resolve('done'), undefined)).resolves.toBe('done');
  const waiting = abortable(never, controller.signal);
  controller.abort(new Error('no more'));
  await expect(waiting).rejects.toThrow('no more');
  await expect(abortable(never, controller.signal)).rejects.toThrow('no more');
});
