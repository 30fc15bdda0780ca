/** A task file whose reward takes 0.3 s per call, so that each phase of a run lasts: longer than what is ready when the time to stop is over may take. */
export const SLOW_TASK = `const rows = (...texts) => texts.map((text) => ({ text }));
  export default { kind: 'custom', name: 'slow', manualPrompts: ['Hello'],
    examples: { train: rows('a', 'b'), dev: rows('c'), test: rows('d') },
    reward: async ({ prompts }) => {
      await new Promise((done) => setTimeout(done, 300));
      return prompts.map((prompt) => prompt.length % 7);
    } };`;
