import { type BadInput, refusal, runSmall } from './bad-input.js';

export const DATA: readonly BadInput[] = [
  {
    number: 13,
    what: 'a data file that is not there, or is no file',
    refused: [
      refusal(['run', 'nowhere.csv'], 'E_DATA_MISSING', 'missingInput', /nowhere\.csv/),
      refusal(['run', 'folder.csv', '--text-column', 'text'], 'E_DATA_NOT_A_FILE', 'missingInput', /folder\.csv/),
      refusal(['run', 'small.csv/x.csv'], 'E_DATA_MISSING', 'missingInput', /small\.csv\/x\.csv/),
      refusal(['run', `${'n'.repeat(300)}.csv`], 'E_DATA_MISSING', 'missingInput', /n\.csv/),
      refusal(['run', 'pipe.csv'], 'E_DATA_NOT_A_FILE', 'missingInput', /not an ordinary file/),
      refusal(['run', '/dev/zero.csv'], 'E_DATA_MISSING', 'missingInput', /zero\.csv/),
      refusal(['eval', 'spam', '--prompts-file', 'full'], 'E_PROMPTS_FILE', 'missingInput', /full/),
    ],
  },
  {
    number: 14,
    what: 'a data file without rows',
    refused: [
      refusal(['run', 'empty.csv'], 'E_DATA_EMPTY', 'data', /empty\.csv/),
      refusal(['run', 'header.csv'], 'E_DATA_EMPTY', 'data', /header\.csv/),
    ],
  },
  { number: 15, what: 'a byte order mark', tests: ['takes a byte-order mark off the first column name'] },
  { number: 16, what: 'mixed line ends', tests: ['warns once of mixed line ends'] },
  {
    number: 17,
    what: 'a quote that never closes',
    refused: [refusal(['run', 'open.csv'], 'E_DATA_QUOTE', 'data', /open\.csv:2:1/)],
  },
  {
    number: 18,
    what: 'a quote within a value',
    refused: [refusal(['run', 'stray.csv'], 'E_DATA_QUOTE', 'data', /stray\.csv:2:3/)],
  },
  {
    number: 19,
    what: 'a control character',
    refused: [refusal(['run', 'nul.csv'], 'E_DATA_CONTROL', 'data', /nul\.csv:2:2/)],
    tests: ['lets control characters through when told'],
  },
  {
    number: 20,
    what: 'a field of megabytes',
    refused: [refusal(['run', 'large.csv'], 'E_DATA_RECORD_TOO_LARGE', 'data', /large\.csv:2:1/)],
    tests: ['refuses a field of 50 MB before reading it all'],
  },
  {
    number: 21,
    what: 'a row of the wrong length, or broken JSON',
    refused: [
      refusal(['run', 'ragged.csv'], 'E_DATA_RAGGED_ROW', 'data', /ragged\.csv:3:1/),
      refusal(['run', 'bad.jsonl'], 'E_DATA_JSON', 'data', /bad\.jsonl:2/),
    ],
    tests: ['leaves ragged rows out when told, and counts them'],
  },
  {
    number: 22,
    what: 'a column that is not there',
    refused: [
      refusal(runSmall('--label-column', 'lable'), 'E_DATA_COLUMN', 'data', /did you mean --label-column label\?/),
    ],
  },
  {
    number: 23,
    what: 'a column that is there twice',
    refused: [refusal(['run', 'twice.csv'], 'E_DATA_DUPLICATE_COLUMN', 'data', /text/)],
  },
  { number: 24, what: 'a column named __proto__', tests: ['treats __proto__ as a column like any other in %s'] },
  {
    number: 25,
    what: 'bytes of another encoding',
    refused: [refusal(['run', 'latin.csv', '--encoding', 'utf-8'], 'E_DATA_ENCODING', 'data', /byte/)],
    tests: ['tells the byte offset of what is not UTF-8, and how to read it'],
  },
  {
    number: 26,
    what: 'a label outside the labels',
    refused: [
      refusal(runSmall('--labels', 'yes,no'), 'E_DATA_LABELS', 'data', /no row has the label "yes", "no"/),
      refusal(
        ['run', 'small.csv', '--verbalizer', 'ham=list,eggs=free', '--shots', '3'],
        'E_TASK_LABEL',
        'data',
        /21 examples have a label outside "ham", "eggs"/,
      ),
      refusal(['run', 'numbers.csv'], 'E_DATA_LABEL_COLUMN', 'data', /looks like a number/),
      refusal(['run', 'blank.csv'], 'E_DATA_EMPTY_VALUE', 'data', /blank\.csv:3/),
    ],
  },
  {
    number: 27,
    what: 'one class only',
    refused: [refusal(['run', 'one.csv'], 'E_TASK_ONE_CLASS', 'data', /has the label "x"/)],
    tests: ['is warned about texts that stand in two splits, and labels that train lacks'],
  },
  {
    number: 28,
    what: 'fewer rows than were asked for',
    refused: [
      refusal(['run', 'few.csv'], 'E_DATA_TOO_FEW_ROWS', 'data', /"x" has 1, "y" has 1/),
      refusal(['run', 'small.csv', '--shots', '50'], 'E_DATA_TOO_FEW_ROWS', 'data', /take --shots 7/),
    ],
  },
  {
    number: 29,
    what: 'texts in two splits',
    tests: [
      'is warned about texts that stand in two splits, and labels that train lacks',
      'keeps one row of a repeated text, so that no text is in two splits, and says how many went',
    ],
  },
  {
    number: 30,
    what: 'texts longer than the context',
    tests: ['are refused where they are most, until it is said what they are to lose'],
  },
  { number: 31, what: 'data that changed since the run began', tests: ['refuses to resume when the data changed'] },
];
