import { defineConfig } from 'vitest/config';

/**
 * The unit tests of the folders in `stryker.config.json`: quick ones, without language models and whole runs.
 * `MUTATION_TESTS` names fewer, such as those of one folder, which is quicker and counts no test that is meant for another.
 */
export default defineConfig({
  test: {
    include: process.env.MUTATION_TESTS?.split(' ') ?? [
      'tests/{classifier,losses,policy,run/select,trainers}/**/*.test.ts',
      'tests/rewards/{cache,classification,judge,racing,shaping,style}/*.test.ts',
      'tests/rewards/objectives/{combine-objectives,objectives-evaluator,objectives,preference-objective,weighted-objectives}.test.ts',
      'tests/rewards/combine-evaluations.test.ts',
      'tests/rewards/custom/custom-{deadline,error,evaluator,language-model,output}.test.ts',
    ],
    exclude: [
      'tests/trainers/resume.test.ts',
      'tests/trainers/policy/{drawn-words,learned-lengths}.test.ts',
      'tests/rewards/classification/input-lengths.test.ts',
      'tests/rewards/judge/{judge-run,local-judge}.test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
