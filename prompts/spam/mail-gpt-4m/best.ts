// Exported by rlprompt@0.1.0 from runs/spam.

/** The prompt that was found. */
export const PROMPT = "K found dra current years";

/** Each label and the word that the language model says for it. */
export const LABELS: ReadonlyMap<string, string> = new Map([["ham","question"],["spam","opportunity"]]);

/** How the prompt was found and how it scores. */
export const meta = {
  "task": "spam",
  "labels": [
    {
      "name": "ham",
      "word": "question"
    },
    {
      "name": "spam",
      "word": "opportunity"
    }
  ],
  "generator": "mail-gpt-4m",
  "target": "mail-gpt-4m",
  "trainer": "log-variance",
  "seed": 0,
  "step": 31,
  "reward": 96.72815332271688,
  "metrics": {
    "train": {
      "accuracy": 0.90625
    },
    "dev": {
      "accuracy": 0.90625
    },
    "test": {
      "accuracy": 0.8857142857142857,
      "n": 350
    }
  },
  "tokenIds": [
    607,
    1201,
    2947,
    1280,
    1012
  ],
  "run": "runs/spam",
  "tool": "rlprompt@0.1.0"
} as const;

/** The text for the language model; a word of LABELS follows it. */
export function render(input: string): string {
  const text = input.trim();
  if (text === '') return "K found dra current years";
  return text + " K found dra current years";
}
