/** A part of a run folder, and whether it is whole. */
export interface RunFinding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about it. */
  readonly next?: string;
}
