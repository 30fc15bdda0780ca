import { expect, it } from 'vitest';
import { distinct } from '../../src/statistics/distinct.js';
import { chunksOf, groupBy } from '../../src/statistics/groups.js';

it('groups keep the order of their first members, and their members that in which they came', () => {
  const groups = groupBy(['bb', 'a', 'cc', 'd', 'eee'], ({ length }) => length);
  expect([...groups]).toEqual([
    [2, ['bb', 'cc']],
    [1, ['a', 'd']],
    [3, ['eee']],
  ]);
  expect([...groupBy<string, number>([], ({ length }) => length)]).toEqual([]);
});

it('chunks are as few and as even as their largest size lets them be', () => {
  const sizes = (count: number, size: number) =>
    [...chunksOf([...Array(count).keys()], size)].map((chunk) => chunk.length);
  expect(sizes(10, 4)).toEqual([3, 3, 4]);
  expect(sizes(8, 4)).toEqual([4, 4]);
  expect(sizes(3, 4)).toEqual([3]);
  expect(sizes(0, 4)).toEqual([]);
  expect([...chunksOf(['a', 'b', 'c'], 2)]).toEqual([['a'], ['b', 'c']]);
});

it('different items are listed once, with the place of each of the given ones', () => {
  expect(distinct(['b', 'a', 'b', 'c', 'a'])).toEqual({ items: ['b', 'a', 'c'], places: [0, 1, 0, 2, 1] });
  expect(distinct([])).toEqual({ items: [], places: [] });
});
