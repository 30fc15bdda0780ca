/** What doing something was worth, and how often it was done. */
export interface Worth {
  readonly value: number;
  readonly count: number;
}

/** An observation met in a task, and what was done there. */
export interface Situation {
  readonly task: string;
  readonly text: string;
  /** The frozen language model's states of the task and of the text, [stateSize] each. */
  readonly taskState: Float32Array;
  readonly state: Float32Array;
  readonly actions: Map<string, Worth>;
}

/** As it is saved: its states are the language model's, who tells them again. */
export interface RememberedSituation {
  readonly task: string;
  readonly text: string;
  readonly actions: readonly (readonly [action: string, value: number, count: number])[];
}
