/** What a service takes of the protocol; found by asking once. */
export interface Dialect {
  readonly lengthKey: 'max_tokens' | 'max_completion_tokens';
  /** Likeliest tokens that are asked for; 0 where the service gives no log-probabilities. */
  readonly likeliest: number;
  /** Whether it may be told which answers there are. */
  readonly takesChoices: boolean;
  readonly takesTemperature: boolean;
  readonly takesSeed: boolean;
}

/** What most services take. */
export const COMMON_DIALECT: Dialect = {
  lengthKey: 'max_tokens',
  likeliest: 1000,
  takesChoices: true,
  takesTemperature: true,
  takesSeed: true,
};

/** The next thing to try after a refusal, by what the service says of it; undefined where nothing else is left. */
export function dialectAfter(refused: Dialect, reason: string): Dialect | undefined {
  if (/max_completion_tokens/.test(reason) && refused.lengthKey === 'max_tokens')
    return { ...refused, lengthKey: 'max_completion_tokens' };
  if (/logprobs/i.test(reason) && refused.likeliest > 0)
    return { ...refused, likeliest: fewer(refused.likeliest, reason) };
  if (/response_format|json_schema|grammar|guided|structured/i.test(reason) && refused.takesChoices)
    return { ...refused, takesChoices: false };
  if (/temperature/i.test(reason) && refused.takesTemperature) return { ...refused, takesTemperature: false };
  if (/\bseed\b/i.test(reason) && refused.takesSeed) return { ...refused, takesSeed: false };
  return undefined;
}

/** The number that the service names, or the next of those that services take. */
function fewer(likeliest: number, reason: string): number {
  const named = [...reason.matchAll(/\d+/g)].map(Number).filter((limit) => limit > 0 && limit < likeliest);
  return Math.max(0, ...named, ...[20, 5].filter((limit) => named.length === 0 && limit < likeliest));
}
