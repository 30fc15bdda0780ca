import { median, round } from './machine.js';
import type { Stepper, StepTimes } from './stepper.js';

/** What a step could have shared with others, in tokens of its new prompts; see `sharing`. */
interface Sharing {
  tokens: number;
  inStep: number;
  firstSeen: number;
}

/** Counts tokens of prompts that begin as others do: in the same step, and by their first token in any step before. */
function sharing(encode: (text: string) => number[]): (prompts: readonly string[]) => Sharing {
  const known = new Set<string>();
  const first = new Set<number>();
  return (prompts) => {
    const fresh = [...new Set(prompts)].filter((prompt) => !known.has(prompt) && prompt !== '');
    const nodes = new Set<string>();
    const result = { tokens: 0, inStep: 0, firstSeen: 0 };
    for (const prompt of fresh) {
      const tokens = encode(` ${prompt}`);
      result.tokens += tokens.length;
      // A prompt's last token is computed for its own hidden state.
      for (let end = 1; end < tokens.length; end++) {
        const node = tokens.slice(0, end).join(' ');
        if (nodes.has(node)) result.inStep++;
        nodes.add(node);
      }
      if (tokens.length > 1 && first.has(tokens[0]!)) result.firstSeen++;
      known.add(prompt);
      first.add(tokens[0]!);
    }
    return result;
  };
}

/** Runs steps with the cache on, and says how their cost changes as the policy peaks. */
export async function curve({ model, step }: Stepper, steps: number): Promise<Record<string, unknown>> {
  const share = sharing((text) => model.tokenizer!.encode(text));
  const times: StepTimes[] = [];
  const shares: Sharing[] = [];
  for (let i = 0; i < steps; i++) {
    const time = await step();
    times.push(time);
    shares.push(share(time.prompts));
  }
  const parts = Array.from({ length: Math.min(6, steps) }, (_, part, count = Math.min(6, steps)) => {
    const range = [Math.floor((part * steps) / count), Math.floor(((part + 1) * steps) / count)] as const;
    return summary(times.slice(...range), shares.slice(...range), range[0] + 1);
  });
  return {
    steps,
    total: summary(times, shares, 1),
    parts,
    seconds: times.map(({ seconds }) => round(seconds)),
    forwards: times.map(({ rows }) => rows),
    cacheHits: times.map(({ cacheHits }) => cacheHits),
  };
}

function summary(times: readonly StepTimes[], shares: readonly Sharing[], from: number): Record<string, number> {
  const sum = (pick: (share: Sharing) => number) => shares.reduce((total, share) => total + pick(share), 0);
  const mean = (pick: (time: StepTimes) => number) => times.reduce((all, time) => all + pick(time), 0) / times.length;
  const tokens = Math.max(
    1,
    sum((share) => share.tokens),
  );
  return {
    from,
    to: from + times.length - 1,
    meanSeconds: round(mean(({ seconds }) => seconds)),
    medianSeconds: round(median(times.map(({ seconds }) => seconds))),
    meanForwards: round(
      mean(({ rows }) => rows),
      1,
    ),
    meanCacheHits: round(
      mean(({ cacheHits }) => cacheHits),
      1,
    ),
    sharedInStep: round(sum((share) => share.inStep) / tokens),
    firstTokenSeen: round(sum((share) => share.firstSeen) / tokens),
  };
}
