/** Why bytes are not a checkpoint that can be used. */
export class CheckpointDamage extends Error {}

/** @throws CheckpointDamage */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CheckpointDamage(`its JSON cannot be read: ${String(error)}`);
  }
}
