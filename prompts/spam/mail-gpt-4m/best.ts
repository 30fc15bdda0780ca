// Exported by rlprompt@0.1.0 from runs/spam.

/** The prompt. */
export const PROMPT = "ck zackastIE";

/** Each label and the word that the language model says for it. */
export const LABELS: ReadonlyMap<string, string> = new Map([["ham","question"],["spam","opportunity"]]);

/** Where the prompt comes from and how it scores. */
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
  "step": 89,
  "reward": 112.79058166211937,
  "metrics": {
    "train": {
      "accuracy": 0.9375
    },
    "dev": {
      "accuracy": 0.84375
    },
    "test": {
      "accuracy": 0.8828571428571429,
      "n": 350
    }
  },
  "tokenIds": [
    379,
    1861,
    504,
    535,
    2658
  ],
  "run": "runs/spam",
  "tool": "rlprompt@0.1.0"
} as const;

/** The text for the language model; a word of LABELS follows it. */
export function render(input: string): string {
  const text = input.trim();
  if (text === '') return "ck zackastIE";
  return text + " ck zackastIE";
}
