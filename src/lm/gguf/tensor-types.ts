/** How a tensor's numbers are stored: so many in a block, which takes so many bytes. */
export interface TensorType {
  readonly name: TensorTypeName;
  readonly blockSize: number;
  readonly blockBytes: number;
}

/** The types that are read, by their number in the file: name, numbers of a block, bytes of a block. */
const TYPES = {
  0: ['F32', 1, 4],
  1: ['F16', 1, 2],
  2: ['Q4_0', 32, 18],
  3: ['Q4_1', 32, 20],
  6: ['Q5_0', 32, 22],
  7: ['Q5_1', 32, 24],
  8: ['Q8_0', 32, 34],
  12: ['Q4_K', 256, 144],
  13: ['Q5_K', 256, 176],
  14: ['Q6_K', 256, 210],
  30: ['BF16', 1, 2],
} as const;

export type TensorTypeName = (typeof TYPES)[keyof typeof TYPES][0];

/** Types that are not read, for the message that says so. */
const OTHERS: Readonly<Record<number, string>> = {
  ...{ 9: 'Q8_1', 10: 'Q2_K', 11: 'Q3_K', 15: 'Q8_K', 16: 'IQ2_XXS', 17: 'IQ2_XS', 18: 'IQ3_XXS', 19: 'IQ1_S' },
  ...{ 20: 'IQ4_NL', 21: 'IQ3_S', 22: 'IQ2_S', 23: 'IQ4_XS', 24: 'I8', 25: 'I16', 26: 'I32', 27: 'I64', 28: 'F64' },
  ...{ 29: 'IQ1_M', 34: 'TQ1_0', 35: 'TQ2_0', 39: 'MXFP4' },
};

export function tensorType(number: number): TensorType | undefined {
  if (!Object.hasOwn(TYPES, number)) return undefined;
  const [name, blockSize, blockBytes] = TYPES[number as keyof typeof TYPES];
  return { name, blockSize, blockBytes };
}

/** What people call a type that is not read. */
export function otherTypeName(number: number): string {
  return OTHERS[number] ?? `type ${number}`;
}

export const TENSOR_TYPE_NAMES = Object.values(TYPES).map(([name]) => name);
