import { describe, expect, it } from 'vitest';
import { completeOrder, pressRatingKey, startRating } from '../../src/ui/rating-state.js';

function press(count: number, keys: string) {
  let state = startRating(count);
  let action: string | undefined;
  for (const key of keys) ({ state, action } = { action: undefined, ...pressRatingKey(state, key) });
  return { state, action, order: completeOrder(state) };
}

describe('ranking by keys', () => {
  it('places texts in the order they are named; the last one needs no key', () => {
    expect(press(3, '31').order).toEqual([[2], [0], [1]]);
    expect(press(3, '3').order).toBeUndefined();
  });

  it('ties the next text with the last after =, and takes that back', () => {
    expect(press(3, '2=1').order).toEqual([[1, 0], [2]]);
    expect(press(3, '2==1').order).toEqual([[1], [0], [2]]);
    expect(press(3, '=2').state.order).toEqual([[1]]);
  });

  it('undoes one text at a time, then asks for the set before', () => {
    expect(press(3, '2=1u').state.order).toEqual([[1]]);
    expect(press(3, '2u').state.order).toEqual([]);
    expect(press(3, '2uu').action).toBe('back');
  });

  it('confirms a complete order only, and ignores texts that are not there or placed already', () => {
    expect(press(3, '3\r').action).toBeUndefined();
    expect(press(3, '31\r').action).toBe('confirm');
    expect(press(3, '99').state.order).toEqual([]);
    expect(press(3, '11').state.order).toEqual([[0]]);
  });

  it('takes a note in which keys are letters', () => {
    expect(press(2, 'nq1x\u007F\r1\r')).toMatchObject({ state: { note: 'q1', mode: 'rank' }, action: 'confirm' });
  });

  it('quits on q and is interrupted by Ctrl-C, in the middle of a note too', () => {
    expect(press(2, 'q').action).toBe('quit');
    expect(press(2, 'nab\u0003').action).toBe('interrupt');
  });
});
