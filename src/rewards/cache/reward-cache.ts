import { zip } from '../../statistics/zip.js';
import type { RewardRow } from '../../task/define/reward-messages.js';
import { namesKey, parseRecordKey, rewardKey } from './record-key.js';
import type { ScoreSink } from './score-cache.js';

type StoredRecord = { readonly key: string; readonly values: Float32Array | Float64Array };

/** A prompt to be rewarded on a list of examples. */
export interface RewardKey {
  readonly prompt: string;
  /** Says which examples, in which order. */
  readonly examplesKey: string;
  /** Forwards that the reward costs: one an example. */
  readonly exampleCount: number;
}

/**
 * Remembers the rewards of custom tasks by prompt text and examples. As with `ScoreCache`, what an interrupted run had
 * paid for beyond its checkpoint is not paid for again but counts as it did the first time.
 */
export class RewardCache {
  forwards = 0;
  cacheHits = 0;
  private readonly known = new Map<string, RewardRow>();
  private readonly prepaid = new Map<string, RewardRow>();
  /** Names of parts and metrics, as JSON, by number. */
  private readonly names: string[] = [];
  private readonly writtenNames = new Set<number>();

  constructor(private readonly options: { enabled: boolean; sink?: ScoreSink | undefined }) {}

  /** Takes in records of an earlier part of the run, in the order in which they were written. */
  load(records: Iterable<StoredRecord>, as: 'cached' | 'prepaid'): void {
    for (const { key, values } of records) {
      const record = parseRecordKey(key);
      if (record.kind === 'names') this.remember(record.id, record.json);
      else (as === 'prepaid' ? this.prepaid : this.known).set(key, this.decode(values));
    }
  }

  /** The reward of each key; those not known are asked for in one call of `pay`, which gets their positions. */
  async rewards(
    keys: readonly RewardKey[],
    pay: (positions: readonly number[]) => Promise<readonly RewardRow[]>,
  ): Promise<RewardRow[]> {
    const asked = keys.map(({ examplesKey, prompt, exampleCount }, position) => {
      return { name: rewardKey(examplesKey, prompt), exampleCount, position };
    });
    const missing = asked.filter(({ name }) => !this.known.has(name));
    const rowsOf = (some: typeof asked): number => some.reduce((sum, { exampleCount }) => sum + exampleCount, 0);
    const unpaid = missing.filter(({ name }) => !this.prepaid.has(name));
    const fresh = new Map<string, RewardRow>();
    if (unpaid.length > 0) {
      const rows = await pay(unpaid.map(({ position }) => position));
      for (const [{ name }, row] of zip(unpaid, rows)) fresh.set(name, row);
      this.write(fresh);
    }
    this.forwards += rowsOf(missing);
    this.cacheHits += rowsOf(asked) - rowsOf(missing);
    const found = asked.flatMap(({ name }) => {
      const row = this.known.get(name) ?? fresh.get(name) ?? this.takePrepaid(name);
      return row ? [[name, row] as const] : [];
    });
    return found.map(([name, row]) => this.keep(name, row));
  }

  private remember(id: number, json: string): void {
    this.names[id] = json;
    this.writtenNames.add(id);
  }

  private takePrepaid(name: string): RewardRow | undefined {
    this.options.sink?.markUsed(name);
    return this.prepaid.get(name);
  }

  private keep(name: string, row: RewardRow): RewardRow {
    if (this.options.enabled) this.known.set(name, row);
    return row;
  }

  private write(rows: ReadonlyMap<string, RewardRow>): void {
    if (!this.options.sink) return;
    const records = [...rows].map(([key, row]) => ({ key, values: this.encode(row) }));
    const names = this.names.flatMap((json, id) =>
      this.writtenNames.has(id) ? [] : [{ key: namesKey(id, json), values: new Float64Array(0) }],
    );
    for (const id of this.names.keys()) this.writtenNames.add(id);
    this.options.sink.append([...names, ...records]);
  }

  /** [id of the names, reward, parts …, metrics …] */
  private encode({ reward, parts, metrics }: RewardRow): Float64Array {
    const json = JSON.stringify([Object.keys(parts), Object.keys(metrics)]);
    if (!this.names.includes(json)) this.names.push(json);
    return Float64Array.of(this.names.indexOf(json), reward, ...Object.values(parts), ...Object.values(metrics));
  }

  private decode([id = 0, reward = Number.NaN, ...numbers]: Float32Array | Float64Array): RewardRow {
    const [parts, metrics] = JSON.parse(this.names[id] ?? '[[],[]]') as [string[], string[]];
    const named = (names: string[], from: number) => Object.fromEntries(zip(names, numbers.slice(from)));
    return { reward, parts: named(parts, 0), metrics: named(metrics, parts.length) };
  }
}
