import { defineTask } from '../../src/index.js';

const ANSWER_TOKENS = 8;

/** 1 where the text begins with the answer, half of it where the answer comes later, 0 where it does not come. */
function gradeOf(text: string, answer: string): number {
  const said = text.trim().toLowerCase();
  if (said.startsWith(answer.toLowerCase())) return 1;
  return said.includes(answer.toLowerCase()) ? 0.5 : 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export default defineTask({
  name: 'exact-answer',
  kind: 'custom',
  description: 'Makes the target LM answer with the capital itself, at once and without a sentence around it.',
  manualPrompts: ['The capital is', 'Answer:', 'It is'],
  examples: { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' },
  rewardRange: [0, 100],
  async reward({ prompts, examples }, { generate }) {
    const texts = prompts.flatMap((prompt) => examples.map(({ text }) => `${text} ${prompt}`.trim()));
    const answers = await generate({ texts, maxNewTokens: ANSWER_TOKENS, stop: '\n' });
    return prompts.map((_, p) => {
      const grades = examples.map(({ fields }, e) => gradeOf(answers[p * examples.length + e]![0]!, fields.answer!));
      const exact = mean(grades.map((grade) => (grade === 1 ? 1 : 0)));
      return { reward: 100 * mean(grades), metrics: { accuracy: exact } };
    });
  },
});
