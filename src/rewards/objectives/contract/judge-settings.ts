/** What a user says of the judge. */
export interface JudgeSettings {
  readonly judge?: string | undefined;
  readonly judgeMode: 'pairwise' | 'score10';
  readonly judgeDownWeight: boolean;
  /** Lines. */
  readonly rubric?: readonly string[] | undefined;
}
