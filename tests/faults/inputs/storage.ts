import { type BadInput, refusal, runSmall } from './bad-input.js';

export const STORAGE: readonly BadInput[] = [
  {
    number: 91,
    what: 'a disk that is full at a checkpoint',
    tests: [
      'is a named error, and the run continues from what stood before (for ever: %s)',
      'ends the run with exit 74 at a limit of %i KiB, and the run continues once there is room',
    ],
  },
  {
    number: 92,
    what: 'a disk that is full while scores are kept',
    tests: ['continues after a write that failed, whether its part could be taken back or not'],
  },
  {
    number: 93,
    what: 'a place where nothing can be created',
    refused: [
      refusal(runSmall('--out', 'small.csv/run'), 'E_CANNOT_CREATE', 'cannotCreate', /ENOTDIR/),
      refusal(['init', 'small.csv/task', '--yes'], 'E_CANNOT_CREATE', 'cannotCreate', /ENOTDIR/),
      refusal(['top', 'small.csv/run'], 'E_RUN_NOT_FOUND', 'missingInput', /no run/),
      refusal(['predict', 'small.csv/run', 'small.csv'], 'E_PREDICT_SOURCE', 'missingInput', /no such run/),
    ],
    tests: ['says where a folder cannot be made, exit 73'],
  },
  {
    number: 94,
    what: 'an fsync that fails',
    tests: ['trusts no file whose fsync failed: a second file is written once, then it is an I/O error'],
  },
  {
    number: 95,
    what: 'too many open files',
    tests: ['says which limit of the system was met, from the first on that Node starts with'],
  },
  {
    number: 96,
    what: 'a second run in a folder',
    tests: [
      'refuses a second holder, naming process, host and time, and is free after release',
      'have exactly one winner of 20, on a new lock and on that of a holder that was killed',
    ],
  },
  {
    number: 97,
    what: 'the lock of a process that was killed',
    tests: ['takes over from a process that is gone, from a number used again, and from before a restart'],
  },
  { number: 98, what: 'a file system without hard links', tests: ['locks on a file system without hard links'] },
  {
    number: 99,
    what: 'signals',
    tests: [
      'saves at %s, ends with %i and names the command to resume with',
      'ends a program that never pauses, within two seconds',
    ],
  },
  {
    number: 100,
    what: 'a kill at any moment',
    tests: [
      'recovers from a kill before each file operation of a cycle, and after the last',
      'leaves a checkpoint with all it builds on, from which the run ends as if nothing had happened',
    ],
  },
  {
    number: 101,
    what: 'a torn end of a log',
    tests: [
      'cuts off a torn end of any length, with one note',
      'cuts off a torn end of any length and loses no call before it',
    ],
  },
  {
    number: 102,
    what: 'a flipped bit in a checkpoint',
    tests: [
      'that are damaged are passed over with a warning; where none is whole, that is said',
      'refuses every truncation and every flipped bit',
    ],
  },
  {
    number: 103,
    what: 'a run of another version, or no run',
    refused: [
      refusal(['resume', 'nowhere'], 'E_RUN_NOT_FOUND', 'missingInput', /no run nowhere/),
      refusal(['resume', 'not-a-run'], 'E_NOT_A_RUN', 'missingInput', /without run\.json/),
      refusal(['resume', 'fake-run'], 'E_MANIFEST', 'data', /run\.json cannot be read/),
      refusal(['resume', 'new-run'], 'E_RUN_VERSION', 'data', /format 99; this program reads up to 1/),
      refusal(['runs', 'remove', 'fake-run', '--yes'], 'E_MANIFEST', 'data', /run\.json/),
      refusal(['export', 'fake-run', '--format', 'docx'], 'E_EXPORT_FORMAT', 'usage', /docx/),
    ],
    tests: ['a run with checkpoints of version 1 is resumed as if they were of this version'],
  },
  { number: 104, what: 'a clock that is set by a day', tests: ['is the same run whatever the clock says'] },
  {
    number: 105,
    what: 'updates that are not finite',
    tests: ['ends a run whose updates are never finite, with the numeric exit code'],
  },
  {
    number: 106,
    what: 'a display that breaks, or is none',
    tests: [
      'is replaced at the event that broke it, and the run hears nothing',
      'continues when the reader of its lines is gone',
      'writes plain lines in a CI, on a dumb terminal and into a file',
    ],
  },
  {
    number: 107,
    what: 'a terminal of any size',
    tests: ['stays inside every terminal while it is resized, and never wipes the scrollback'],
  },
  { number: 108, what: 'a line of a megabyte', tests: ['cuts a line of a megabyte'] },
  {
    number: 109,
    what: 'a program that is killed while its reward works',
    tests: ['is gone, with what it has started, after the program was killed'],
  },
  { number: 110, what: 'a machine that sleeps', tests: ['is the same run after a sleep'] },
];

export const OUTPUT: readonly BadInput[] = [
  {
    number: 111,
    what: 'a queue that is not there',
    refused: [
      refusal(runSmall('--queue', 'redis://127.0.0.1:9'), 'E_QUEUE_UNREACHABLE', 'unavailable', /ECONNREFUSED/),
      refusal(runSmall('--queue', 'http://x'), 'E_QUEUE_URL', 'config', /expected a Redis server/),
    ],
    tests: ['lose and double-count nothing, nor do restarts of Redis'],
  },
  {
    number: 112,
    what: 'a worker that is killed, and a job that kills workers',
    tests: [
      'lose and double-count nothing, nor do restarts of Redis',
      'sets a job aside that no worker can do, and says so',
    ],
  },
  {
    number: 113,
    what: 'an answer that comes twice',
    tests: ['lose and double-count nothing, nor do restarts of Redis'],
  },
  {
    number: 114,
    what: 'a worker with another model',
    tests: [
      'names the workers that have another version or model, or cut long inputs elsewhere, and refuses them',
      'gives the bits of this machine',
    ],
  },
  {
    number: 115,
    what: 'markup in what a report shows',
    tests: [
      'keeps data from ending the element it stands in',
      'runs nothing that a prompt, a label or a warning brings',
    ],
  },
  { number: 116, what: 'an archive from elsewhere', without: 'the program reads no archives' },
  {
    number: 117,
    what: 'a cell that begins a formula',
    tests: ['csv reads back to the same cells, and no cell begins a formula unless asked'],
  },
];
