// Exported by rlprompt@0.1.0 from runs/topic.

/** The prompt that was found. */
export const PROMPT = "todayatatatat";

/** Each label and the word that the language model says for it. */
export const LABELS: ReadonlyMap<string, string> = new Map([["world","world"],["sports","sports"],["business","business"],["technology","technology"]]);

/** How the prompt was found and how it scores. */
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
  "step": 20,
  "reward": -18.782875294841713,
  "metrics": {
    "train": {
      "accuracy": 0.34375
    },
    "dev": {
      "accuracy": 0.4375
    },
    "test": {
      "accuracy": 0.3625,
      "n": 240
    }
  },
  "tokenIds": [
    1333,
    268,
    268,
    268,
    268
  ],
  "run": "runs/topic",
  "tool": "rlprompt@0.1.0"
} as const;

/** The text for the language model; a word of LABELS follows it. */
export function render(input: string): string {
  const text = input.trim();
  if (text === '') return "todayatatatat";
  return text + " todayatatatat";
}
