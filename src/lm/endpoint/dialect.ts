/** What a service takes of the protocol; found by asking once. */
export interface Dialect {
  readonly lengthKey: 'max_tokens' | 'max_completion_tokens';
  /** Likeliest tokens that are asked for; 0 where the service gives no log-probabilities. */
  readonly likeliest: number;
  readonly takesTemperature: boolean;
  readonly takesSeed: boolean;
}

/** What most services take. */
export const COMMON_DIALECT: Dialect = {
  lengthKey: 'max_tokens',
  likeliest: 20,
  takesTemperature: true,
  takesSeed: true,
};

/** The next thing to try after a refusal, by what the service says of it; undefined where nothing else is left. */
export function dialectAfter(refused: Dialect, reason: string): Dialect | undefined {
  if (/max_completion_tokens/.test(reason) && refused.lengthKey === 'max_tokens')
    return { ...refused, lengthKey: 'max_completion_tokens' };
  if (/logprobs/i.test(reason) && refused.likeliest > 0)
    return { ...refused, likeliest: refused.likeliest > 5 ? 5 : 0 };
  if (/temperature/i.test(reason) && refused.takesTemperature) return { ...refused, takesTemperature: false };
  if (/\bseed\b/i.test(reason) && refused.takesSeed) return { ...refused, takesSeed: false };
  return undefined;
}
