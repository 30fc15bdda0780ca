// Exported by rlprompt@0.1.0 from runs/topic.

/** The prompt. */
export const PROMPT = "and and and andll";

/** Each label and the word that the language model says for it. */
export const LABELS: ReadonlyMap<string, string> = new Map([["world","world"],["sports","sports"],["business","business"],["technology","technology"]]);

/** Where the prompt comes from and how it scores. */
export const meta = {
  "task": "topic",
  "labels": [
    {
      "name": "world",
      "word": "world"
    },
    {
      "name": "sports",
      "word": "sports"
    },
    {
      "name": "business",
      "word": "business"
    },
    {
      "name": "technology",
      "word": "technology"
    }
  ],
  "generator": "mail-gpt-4m",
  "target": "mail-gpt-4m",
  "trainer": "log-variance",
  "seed": 0,
  "step": 12,
  "reward": -16.786866001814083,
  "metrics": {
    "train": {
      "accuracy": 0.3125
    },
    "dev": {
      "accuracy": 0.390625
    },
    "test": {
      "accuracy": 0.30416666666666664,
      "n": 240
    }
  },
  "tokenIds": [
    295,
    295,
    295,
    295,
    285
  ],
  "run": "runs/topic",
  "tool": "rlprompt@0.1.0"
} as const;

/** The text for the language model; a word of LABELS follows it. */
export function render(input: string): string {
  const text = input.trim();
  if (text === '') return "and and and andll";
  return text + " and and and andll";
}
