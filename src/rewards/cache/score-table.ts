/** Words of a key: 128 bits of a hash. */
const KEY_WORDS = 4;
const FIRST_CAPACITY = 1024;

/** A hash table from 128-bit keys to rows of `width` numbers, in flat arrays: a million rows of two take 30 MB. */
export class ScoreTable {
  private keys = new Uint32Array(FIRST_CAPACITY * KEY_WORDS);
  /** Row number plus one; 0 where the place is free. */
  private places = new Uint32Array(FIRST_CAPACITY);
  private values: Float32Array;
  private count = 0;

  constructor(readonly width: number) {
    this.values = new Float32Array((FIRST_CAPACITY / 2) * width);
  }

  get size(): number {
    return this.count;
  }

  get(key: Uint32Array): Float32Array | undefined {
    const row = this.places[this.find(key)]!;
    return row === 0 ? undefined : this.values.subarray((row - 1) * this.width, row * this.width);
  }

  /** The first values given for a key stay. */
  add(key: Uint32Array, values: Float32Array): void {
    const place = this.find(key);
    if (this.places[place] !== 0) return;
    this.values.set(values, this.count * this.width);
    this.count++;
    this.keys.set(key, place * KEY_WORDS);
    this.places[place] = this.count;
    if (this.count * 2 >= this.places.length) this.grow();
  }

  private find(key: Uint32Array): number {
    const mask = this.places.length - 1;
    let place = key[0]! & mask;
    while (this.places[place] !== 0 && !this.holds(place, key)) place = (place + 1) & mask;
    return place;
  }

  private holds(place: number, key: Uint32Array): boolean {
    const at = place * KEY_WORDS;
    return (
      this.keys[at] === key[0] &&
      this.keys[at + 1] === key[1] &&
      this.keys[at + 2] === key[2] &&
      this.keys[at + 3] === key[3]
    );
  }

  private grow(): void {
    const { keys, places, values } = this;
    const capacity = places.length * 2;
    this.keys = new Uint32Array(capacity * KEY_WORDS);
    this.places = new Uint32Array(capacity);
    this.values = new Float32Array((capacity / 2) * this.width);
    this.values.set(values);
    places.forEach((row, place) => {
      if (row === 0) return;
      const key = keys.subarray(place * KEY_WORDS, (place + 1) * KEY_WORDS);
      const next = this.find(key);
      this.keys.set(key, next * KEY_WORDS);
      this.places[next] = row;
    });
  }
}
