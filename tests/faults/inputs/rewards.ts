import { type BadInput, refusal, runSmall } from './bad-input.js';

const HOST = 'a bad reward ends with its name, at its time, and never as a low reward';

export const REWARDS: readonly BadInput[] = [
  {
    number: 61,
    what: 'a task file that throws, cannot be read or holds no task',
    refused: [
      refusal(['run', 'throws.task.mjs'], 'E_TASK_FILE', 'config', /boom/),
      refusal(['run', 'syntax.task.mjs'], 'E_TASK_FILE', 'config', /SyntaxError|Unexpected/),
      refusal(['run', 'empty.task.mjs'], 'E_TASK_EXPORT', 'config', /default/),
    ],
  },
  { number: 62, what: 'a reward that throws', tests: [HOST, 'ends when the reward keeps failing, is resumed'] },
  {
    number: 63,
    what: 'a reward that never ends',
    tests: ['a reward that %s is ended at its deadline', 'is given up after three failures in a row'],
  },
  { number: 64, what: 'a reward that is no number', tests: [HOST] },
  { number: 65, what: 'too few or too many rewards', tests: [HOST, 'gives numbers, arrays of floats and named parts'] },
  { number: 66, what: 'a reward that changes what it was given', tests: ['cannot change what it was given'] },
  { number: 67, what: 'a reward that ends its process', tests: [HOST] },
  { number: 68, what: 'a reward that fails later', tests: [HOST] },
  {
    number: 69,
    what: 'a reward that fills the memory',
    tests: ['a reward that fills memory through %s is ended at the cap'],
  },
  {
    number: 70,
    what: 'a reward that prints without end, or escapes',
    tests: ['may print 300 MB: 64 KiB of it are kept, escaped'],
  },
  {
    number: 71,
    what: 'a reward that differs from call to call',
    tests: [
      'refuses a reward that answers the same question twice in two ways',
      'takes back the promise of exact resumes, in words, where the task says that its reward is random',
    ],
  },
  { number: 72, what: 'functions and cycles in an answer', tests: [HOST] },
  {
    number: 73,
    what: 'a reward whose source changed since the run began',
    tests: [
      'brings its own reward, whose source is part of the digest',
      'names every difference with old and new value',
    ],
  },
  {
    number: 74,
    what: 'rewards that are all equal',
    tests: [
      'a step in which every prompt earned the same has nothing to teach',
      'warns once after fifty flat steps in a row',
    ],
  },
  {
    number: 75,
    what: 'rewards near the largest number',
    refused: [
      refusal(runSmall('--correct', '1e308'), 'E_CONFIG', 'config', /correct: got 1e\+308/),
      refusal(runSmall('--reward-to', '0,1e308'), 'E_CONFIG', 'config', /rewardTo/),
      refusal(runSmall('--objective', 'fluency=1e308'), 'E_CONFIG', 'config', /weight of fluency is 1e\+308/),
    ],
    tests: [
      'survives rewards near the largest number there is',
      'refuses an empty range and a result that is not finite',
    ],
  },
];
