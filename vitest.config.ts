import { defineConfig } from 'vitest/config';

const ALL = ['tests/**/*.test.{ts,tsx}'];

/**
 * Folders whose tests leave nothing behind in their process: no timer, no variable of the environment, no listener. They share
 * one, which loads each module once: a file in a process of its own spends most of its time on that.
 */
const SHARED = [
  'tests/{classifier,compare,config,data,decoding,goals,learning,losses,metrics,policy,preferences,random}/**/*.test.ts',
  'tests/{molecules,prompt-library,statistics,task,tasks,template,trainers,user-code}/**/*.test.ts',
  'tests/acting/{act-report,action-tree,actors,policy/*}.test.ts',
  'tests/{analysis,cli/output,files/read-file,queue/queue-address}{/**/*,}.test.ts',
  'tests/export/{classify,exporters,read-back,run-record,same-labels}.test.ts',
  'tests/ui/{*,draw/*,reporters/*,ink/board/*,ink/input/*}.test.ts',
  'tests/cli/{results,setup}/**/*.test.ts',
  'tests/lm/{gguf,model,tokenizer,transformers}/**/*.test.ts',
  'tests/lm/endpoint/{answers/*,client/{endpoint-settings,request-gate}}.test.ts',
  'tests/lm/onnx/{*,families/**/*,graph/**/*,head/*,run/{hidden-memo,kv-block},tune/*}.test.ts',
  'tests/report/**/*.test.ts',
  'tests/rewards/{*,cache/*,classification/*,judge/*,objectives/*,racing/*,shaping/*,style/*}.test.ts',
  'tests/rewards/custom/custom-{dry-run,evaluator,language-model}.test.ts',
  'tests/run/{checkpoint,continue,doctor,loop,plan,policies,prepare,select,store,watch}/**/*.test.ts',
];

/** Kills, full disks, bad inputs: left out of `npm test`, and in `npm run test:faults` and the continuous check. */
const FAULTS = ['tests/faults/**/*.test.ts'];

/** What all tests run with. */
export const settings = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  pool: 'forks',
  globalSetup: 'tests/global-setup.ts',
} as const;

/** One more than the cores of a small machine: tests of programs, services and queues mostly wait. */
export const maxWorkers = 3;

export default defineConfig({
  test: {
    // Not in the projects, where `--maxWorkers` would not change it.
    maxWorkers,
    projects: [
      { test: { ...settings, name: 'shared process', include: SHARED, isolate: false } },
      { test: { ...settings, name: 'own process', include: ALL, exclude: [...SHARED, ...FAULTS] } },
      { test: { ...settings, name: 'faults', include: FAULTS } },
    ],
  },
});
