// Exported by rlprompt@0.1.0 from runs/sentiment.

/** The prompt. */
export const PROMPT = "ang[soci opport Tex";

/** Each label and the word that the language model says for it. */
export const LABELS: ReadonlyMap<string, string> = new Map([["negative","terrible"],["positive","great"]]);

/** What to take off the log-probability of each label's word before labels are compared. */
export const LABEL_OFFSETS: ReadonlyMap<string, number> = new Map([["negative",-15.457604974508286],["positive",-8.310375764966011]]);

/** Where the prompt comes from and how it scores. */
export const meta = {
  "task": "sentiment",
  "labels": [
    {
      "name": "negative",
      "word": "terrible"
    },
    {
      "name": "positive",
      "word": "great"
    }
  ],
  "labelOffsets": [
    -15.457604974508286,
    -8.310375764966011
  ],
  "generator": "mail-gpt-4m",
  "target": "mail-gpt-4m",
  "trainer": "log-variance",
  "seed": 1,
  "step": 10,
  "reward": 26.081143070017383,
  "metrics": {
    "train": {
      "accuracy": 0.625
    },
    "dev": {
      "accuracy": 0.625
    },
    "test": {
      "accuracy": 0.5,
      "n": 120
    }
  },
  "tokenIds": [
    670,
    59,
    2058,
    1563,
    3893
  ],
  "run": "runs/sentiment",
  "tool": "rlprompt@0.1.0"
} as const;

/** The text for the language model; a word of LABELS follows it. */
export function render(input: string): string {
  const text = input.trim();
  if (text === '') return "ang[soci opport Tex";
  return text + " ang[soci opport Tex";
}
