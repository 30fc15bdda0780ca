import { describe, expect, it } from 'vitest';
import { RlpromptError } from '../src/errors.js';

const WHAT = { code: 'E_IO', exit: 'io', message: 'the disk is full' } as const;

describe('an error', () => {
  it('says what is kept or what to do next: the type allows no other', () => {
    // @ts-expect-error neither is there
    new RlpromptError(WHAT);
    // @ts-expect-error both may be missing
    new RlpromptError({ ...WHAT, next: undefined });
    expect(new RlpromptError({ ...WHAT, kept: 'step 3' }).line()).toBe('rlprompt: E_IO: the disk is full · step 3');
    expect(new RlpromptError({ ...WHAT, next: 'free some space' }).line()).toBe(
      'rlprompt: E_IO: the disk is full · free some space',
    );
  });

  it('keeps all else where one part is told otherwise', () => {
    const error = new RlpromptError({ ...WHAT, kept: 'step 3', next: 'free some space' });
    expect(error.with({ exit: 'hangup', where: 'runs/1' }).toJSON()).toEqual({
      ...error.toJSON(),
      exitCode: 129,
      where: 'runs/1',
    });
  });
});
