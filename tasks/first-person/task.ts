import { defineTask } from '../../src/index.js';

const MAIL_TOKENS = 12;

export default defineTask({
  name: 'first-person',
  kind: 'custom',
  description: 'Makes the target LM continue a mail in the first person: what I think, what I did.',
  manualPrompts: ['I think that', 'In my opinion', 'As I told you,', 'Personally,'],
  examples: { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' },
  rewardRange: [0, 100],
  async reward({ prompts, examples }, { generate }) {
    const texts = prompts.flatMap((prompt) => examples.map(({ text }) => `${prompt} ${text}`.trim()));
    const mails = await generate({ texts, maxNewTokens: MAIL_TOKENS });
    return prompts.map((_, p) => {
      const own = mails.slice(p * examples.length, (p + 1) * examples.length);
      return (100 * own.filter(([mail]) => /\bI\b/.test(mail!)).length) / own.length;
    });
  },
});
