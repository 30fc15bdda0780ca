import fc from 'fast-check';

type Edit = (bytes: Buffer) => Buffer;

const at = fc.double({ min: 0, max: 1, noNaN: true });
const place = (share: number, length: number): number => Math.floor(share * length);

/** Pieces that some reader may stumble on. */
const PIECES = [
  '\0',
  '"',
  '\\',
  '\n',
  '\r',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  '1e999',
  '-1',
  '__proto__',
  '\ud800',
  '\ufeff',
  'é',
];

const edit: fc.Arbitrary<Edit> = fc.oneof(
  at.map(
    (share): Edit =>
      (bytes) =>
        bytes.subarray(0, place(share, bytes.length)),
  ),
  fc.tuple(at, fc.integer({ min: 0, max: 255 })).map(
    ([share, value]): Edit =>
      (bytes) => {
        const changed = Buffer.from(bytes);
        if (changed.length > 0) changed[Math.min(place(share, changed.length), changed.length - 1)] = value;
        return changed;
      },
  ),
  fc.tuple(at, fc.constantFrom(...PIECES)).map(
    ([share, piece]): Edit =>
      (bytes) => {
        const from = place(share, bytes.length);
        return Buffer.concat([bytes.subarray(0, from), Buffer.from(piece), bytes.subarray(from)]);
      },
  ),
  fc.tuple(at, fc.integer({ min: 1, max: 40 })).map(
    ([share, count]): Edit =>
      (bytes) => {
        const from = place(share, bytes.length);
        return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + count)]);
      },
  ),
  fc.tuple(at, fc.integer({ min: 1, max: 40 })).map(
    ([share, count]): Edit =>
      (bytes) => {
        const from = place(share, bytes.length);
        return Buffer.concat([bytes.subarray(0, from + count), bytes.subarray(from)]);
      },
  ),
);

/** Files made of a good one by a few edits. */
export function damaged(good: Uint8Array): fc.Arbitrary<Buffer> {
  return fc
    .array(edit, { minLength: 1, maxLength: 3 })
    .map((edits) => edits.reduce<Buffer>((bytes, change) => change(bytes), Buffer.from(good)));
}

type Json = unknown;

/** Values that are of the wrong kind, too large, or a trap for JavaScript. */
const wrongValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>(
    null,
    true,
    '',
    -1,
    0,
    1.5,
    1e308,
    99_999_999,
    [],
    {},
    [[]],
    [null],
    { type: 'x' },
    '__proto__',
    '\ud800',
  ),
  fc.constantFrom<Json[]>(
    'Sequence',
    'Regex',
    '(',
    '(a+)+$',
    { Regex: '' },
    { String: '' },
    { Regex: '[' },
    'a'.repeat(2000),
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** JSON made of a good value by putting a wrong one in, or taking a key away. */
export function wrongJson(good: Json): fc.Arbitrary<string> {
  const change = fc.tuple(fc.infiniteStream(at), wrongValue, fc.boolean());
  return fc.array(change, { minLength: 1, maxLength: 2 }).map((changes) => {
    let value = good;
    for (const [choices, wrong, removes] of changes) value = changed(value, choices, wrong, removes);
    return JSON.stringify(value) ?? '';
  });
}

const MOST_DEEP = 12;

/** Walks down the value by random choices and changes it where it stops. */
function changed(value: Json, choices: Iterator<number>, wrong: Json, removes: boolean, depth = 0): Json {
  const next = (): number => choices.next().value as number;
  if (typeof value !== 'object' || value === null || (depth > 0 && next() < 0.2) || depth > MOST_DEEP) return wrong;
  if (Array.isArray(value)) {
    if (value.length === 0) return [wrong];
    const index = place(next(), value.length) % value.length;
    if (removes && depth > 1) return value.filter((_, i) => i !== index);
    return value.map((each, i) => (i === index ? changed(each, choices, wrong, removes, depth + 1) : each));
  }
  const keys = Object.keys(value);
  const key = keys[place(next(), keys.length) % Math.max(1, keys.length)] ?? 'key';
  const { [key]: old, ...rest } = value as Record<string, Json>;
  return removes && depth > 0 && next() < 0.3
    ? rest
    : { ...rest, [key]: changed(old, choices, wrong, removes, depth + 1) };
}
