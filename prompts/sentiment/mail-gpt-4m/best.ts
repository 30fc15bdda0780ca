// Exported by rlprompt@0.1.0 from runs/sentiment.

/** The prompt that was found. */
export const PROMPT = "a FOR+~ Tex";

/** Each label and the word that the language model says for it. */
export const LABELS: ReadonlyMap<string, string> = new Map([["negative","terrible"],["positive","great"]]);

/** What to take off the log-probability of each label's word before labels are compared. */
export const LABEL_OFFSETS: ReadonlyMap<string, number> = new Map([["negative",-14.614393532276154],["positive",-8.131143108010292]]);

/** How the prompt was found and how it scores. */
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
    -14.614393532276154,
    -8.131143108010292
  ],
  "generator": "mail-gpt-4m",
  "target": "mail-gpt-4m",
  "trainer": "log-variance",
  "seed": 1,
  "step": 29,
  "reward": 34.6544931705129,
  "metrics": {
    "train": {
      "accuracy": 0.71875
    },
    "dev": {
      "accuracy": 0.5625
    },
    "test": {
      "accuracy": 0.5,
      "n": 120
    }
  },
  "tokenIds": [
    258,
    1839,
    11,
    94,
    3893
  ],
  "run": "runs/sentiment",
  "tool": "rlprompt@0.1.0"
} as const;

/** The text for the language model; a word of LABELS follows it. */
export function render(input: string): string {
  const text = input.trim();
  if (text === '') return "a FOR+~ Tex";
  return text + " a FOR+~ Tex";
}
