import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agreementOf } from '../../src/preferences/agreement.js';
import { latestRankings, pairsOf, preferencesOf, type Ranking, setKey } from '../../src/preferences/ranking.js';
import { cutHalfRanking, RankingWriter, readRankings } from '../../src/preferences/ranking-file.js';
import { drawSets, openSets } from '../../src/preferences/rating-sets.js';

const ranking: Ranking = { context: 'c', items: ['x', 'y', 'z'], order: [[2], [0, 1]], rater: 'anna' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-rankings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a ranking', () => {
  it('gives every pair but the tied ones', () => {
    expect(pairsOf(ranking)).toEqual([
      [2, 0],
      [2, 1],
    ]);
    expect(preferencesOf(ranking)).toEqual([
      { context: 'c', chosen: 'z', rejected: 'x' },
      { context: 'c', chosen: 'z', rejected: 'y' },
    ]);
  });

  it('is replaced by a later one of the same rater on the same texts, in whatever order they were shown', () => {
    const again = { ...ranking, items: ['z', 'y', 'x'], order: [[1], [0], [2]] };
    const other = { ...ranking, rater: 'ben' };
    expect(latestRankings([ranking, other, again])).toEqual([again, other]);
  });
});

describe('the file of rankings', () => {
  it('reads back what was written, and public pairs beside it', () => {
    const path = join(folder, 'rankings.jsonl');
    const writer = RankingWriter.open(path);
    writer.add(ranking);
    writer.close();
    appendFileSync(path, '{"prompt":"p","chosen":"a","rejected":"b"}\n');
    expect(readRankings(path)).toEqual([
      ranking,
      { context: 'p', items: ['a', 'b'], order: [[0], [1]], rater: 'unknown' },
    ]);
    RankingWriter.open(path).close();
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('is mended where a kill left half a ranking, and where an editor took the last line end away', () => {
    const path = join(folder, 'rankings.jsonl');
    const other = { ...ranking, rater: 'ben' };
    const add = (one: Ranking): void => {
      const writer = RankingWriter.open(path);
      writer.add(one);
      writer.close();
    };
    add(ranking);
    const whole = readFileSync(path, 'utf8');
    expect(cutHalfRanking(path)).toBe(false);
    writeFileSync(path, `${whole}${whole.slice(0, 40)}`);
    expect(cutHalfRanking(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(whole);

    writeFileSync(path, whole.trimEnd());
    expect(cutHalfRanking(path)).toBe(false);
    add(other);
    expect(readRankings(path)).toEqual([ranking, other]);

    // The file of somebody else is none to mend.
    writeFileSync(path, 'first\n{"half');
    expect(cutHalfRanking(path)).toBe(false);
  });

  it.each([
    ['an order that names a text twice', '{"items":["a","b"],"order":[[0],[0]]}', /line 1: order must name/],
    ['an unknown position', '{"items":["a","b"],"order":[[0],[2]]}', /line 1: order must name/],
    ['the same text twice', '{"items":["a","a"],"order":[[0],[1]]}', /occurs twice/],
    ['one text', '{"items":["a"],"order":[[0]]}', /line 1: items/],
    ['equal chosen and rejected', '{"chosen":"a","rejected":"a"}', /same text/],
    ['a torn line', '{"items":["a","b"],"or', /line 1: not valid JSON/],
  ])('refuses %s by its line', (_, line, message) => {
    const path = join(folder, 'bad.jsonl');
    appendFileSync(path, `${line}\n`);
    expect(() => readRankings(path)).toThrow(message);
  });

  it.each([
    [2, '(and 1 more bad line)'],
    [3, '(and 2 more bad lines)'],
  ])('counts the bad lines: %i', (count, more) => {
    const path = join(folder, `bad-${count}.jsonl`);
    appendFileSync(path, '{"items":["a"],"order":[[0]]}\n'.repeat(count));
    expect(() => readRankings(path)).toThrow(more);
  });
});

describe('the sets to rank', () => {
  const options = { items: 3, sets: 4, seed: 0, context: '' };

  it('show each text before any twice, the same for the same seed', () => {
    const sets = drawSets(['a', 'b', 'c', 'd', 'e', 'f'], options);
    expect(new Set(sets.slice(0, 2).flatMap(({ items }) => items)).size).toBe(6);
    expect(drawSets(['a', 'b', 'c', 'd', 'e', 'f'], options)).toEqual(sets);
    expect(drawSets(['a', 'b', 'c', 'd', 'e', 'f'], { ...options, seed: 1 })).not.toEqual(sets);
  });

  it('are all different, and fewer than asked for where the texts make no more', () => {
    const keysOf = (texts: string[], asked: typeof options) => drawSets(texts, asked).map(setKey);
    const all = keysOf(['a', 'b', 'c', 'd'], { ...options, sets: 10 });
    expect([all.length, new Set(all).size]).toEqual([4, 4]);
    expect(keysOf(['a', 'b', 'c', 'd'], { ...options, items: 4, sets: 10 })).toHaveLength(1);
    const many = keysOf(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], { ...options, sets: 50 });
    expect(new Set(many).size).toBe(50);
  });

  it('are those that earlier versions drew where none came twice', () => {
    const sets = drawSets(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], { ...options, sets: 5, seed: 1 });
    expect(sets.map(({ items }) => items.join(''))).toEqual(['fcb', 'gea', 'dha', 'gcf', 'ebg']);
  });

  it('leave out what the rater has ranked', () => {
    const sets = drawSets(['a', 'b', 'c', 'd', 'e', 'f'], options);
    const done = sets.slice(0, 1).map((set) => ({ ...set, order: [[0], [1], [2]], rater: 'anna' }));
    expect(openSets(sets, done, 'anna')).toEqual(sets.slice(1));
    expect(openSets(sets, done, 'ben')).toEqual(sets);
  });

  it('need two texts', () => {
    expect(() => drawSets(['a', 'a', ' '], options)).toThrow(/1 different text/);
  });
});

describe('agreement', () => {
  it('is the share of equal orders among pairs that were ordered twice', () => {
    const two = (rater: string, chosen: string, rejected: string): Ranking => ({
      context: '',
      items: [chosen, rejected],
      order: [[0], [1]],
      rater,
    });
    const rankings = [
      two('a', 'x', 'y'),
      two('b', 'x', 'y'),
      two('a', 'u', 'v'),
      two('b', 'v', 'u'),
      two('a', 'p', 'q'),
    ];
    expect(agreementOf(rankings)).toEqual({ pairs: 2, share: 0.5, contradictions: 1 });
    expect(agreementOf([])).toEqual({ pairs: 0, share: undefined, contradictions: 0 });
  });
});
