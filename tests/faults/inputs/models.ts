import { type BadInput, refusal, runSmall } from './bad-input.js';

const generator = (name: string) => runSmall('--generator', `./${name}`);
const target = (name: string) => runSmall('--target', name);

export const MODELS: readonly BadInput[] = [
  {
    number: 32,
    what: 'a model, or a file of it, that is not there',
    refused: [
      refusal(generator('nowhere'), 'E_MODEL_NOT_FOUND', 'missingInput', /nowhere/),
      refusal(generator('small.csv/model'), 'E_MODEL_NOT_FOUND', 'missingInput', /small\.csv\/model/),
      refusal(generator('n'.repeat(300)), 'E_MODEL_NOT_FOUND', 'missingInput', /nnn/),
      refusal(generator('no-tokenizer'), 'E_TOKENIZER_MISSING', 'missingInput', /no tokenizer\.json/),
      refusal(generator('no-config'), 'E_MODEL_CONFIG_MISSING', 'missingInput', /no config\.json/),
      refusal(generator('zero'), 'E_FILE_KIND', 'data', /config\.json/),
      refusal(generator('pipe'), 'E_FILE_KIND', 'data', /tokenizer\.json/),
    ],
  },
  {
    number: 33,
    what: 'something else in place of a model',
    refused: [
      refusal(generator('html'), 'E_MODEL_HTML', 'data', /web page/),
      refusal(generator('pointer'), 'E_MODEL_LFS_POINTER', 'data', /git lfs pull/),
      refusal(generator('hollow'), 'E_MODEL_EMPTY', 'data', /has 0 bytes/),
      refusal(generator('garbage'), 'E_MODEL_CORRUPT', 'data', /not a whole ONNX file/),
      refusal(generator('bad-config'), 'E_MODEL_CONFIG', 'data', /not valid JSON/),
      refusal(generator('bad-tokenizer'), 'E_TOKENIZER_INVALID', 'data', /not JSON/),
    ],
  },
  {
    number: 34,
    what: 'a model that is cut off',
    refused: [
      refusal(generator('cut'), 'E_MODEL_CORRUPT', 'data', /announces \d+ bytes more/),
      refusal(generator('cut-by-one'), 'E_MODEL_CORRUPT', 'data', /announces \d+ bytes more/),
    ],
    tests: ['fetches a damaged file again, and keeps the damaged one aside'],
  },
  {
    number: 35,
    what: 'a model of a later format',
    refused: [
      refusal(generator('new-operators'), 'E_MODEL_OPSET', 'data', /opset 99, the runtime reads up to 26/),
      refusal(generator('new-format'), 'E_MODEL_IR', 'data', /IR version 99, the runtime reads up to 13/),
    ],
  },
  {
    number: 36,
    what: 'an operator that nobody defines',
    refused: [refusal(generator('unknown-operator'), 'E_MODEL_UNKNOWN_OP', 'data', /org\.example\.Frobnicate/)],
  },
  {
    number: 37,
    what: 'weights that are missing or cut off',
    refused: [
      refusal(generator('data-missing'), 'E_MODEL_EXTERNAL_MISSING', 'missingInput', /model\.onnx_data/),
      refusal(generator('data-short'), 'E_MODEL_EXTERNAL_SHORT', 'data', /has 100 bytes/),
    ],
  },
  {
    number: 38,
    what: 'weights outside the folder of the model',
    refused: [
      refusal(generator('data-linked'), 'E_MODEL_PATH', 'data', /outside the model's folder/),
      refusal(generator('data-shared'), 'E_MODEL_PATH', 'data', /hard link/),
    ],
    tests: ['behind a symbolic link that leaves the folder is refused'],
  },
  { number: 39, what: 'a model from memory', without: 'models are read from files only' },
  {
    number: 40,
    what: 'a tensor beyond any memory',
    tests: [
      'a tensor that is shorter than its shape, and a shape beyond memory',
      'refuses a graph that makes a tensor larger than any memory: %s',
    ],
  },
  { number: 41, what: 'graphs within graphs', tests: ['graphs in graphs, %i deep'] },
  { number: 42, what: 'weights that are not numbers', tests: ['refuses weights that are not numbers'] },
  {
    number: 43,
    what: 'a tokenizer or a configuration that does not fit the model',
    refused: [
      refusal(generator('wide-vocabulary'), 'E_TOKENIZER_MISMATCH', 'data', /602 tokens, the model only 500/),
      refusal(generator('many-tokens'), 'E_TOKENIZER_MISMATCH', 'data', /501 tokens/),
      refusal(target('./no-positions'), 'E_MODEL_CONFIG', 'data', /n_positions: got -5, expected a positive integer/),
      refusal(generator('no-positions'), 'E_MODEL_CONFIG', 'data', /n_positions: got -5, expected a positive integer/),
    ],
  },
  {
    number: 44,
    what: 'a pattern that takes for ever',
    refused: [
      refusal(target('./hang'), 'E_TOKENIZER_HANG', 'data', /did not end within \d+ ms/),
      // One that bears every row, but not what prompts make of them.
      refusal(generator('hang-late'), 'E_TOKENIZER_HANG', 'data', /did not end within \d+ ms/),
    ],
    tests: ['is stopped after two seconds, by the pattern’s name, and works on with other texts'],
  },
  {
    number: 45,
    what: 'a model of the hub without a network',
    refused: [
      refusal(runSmall('--offline', '--target', 'no/model'), 'E_HUB_OFFLINE', 'unavailable', /models pull no\/model/),
    ],
    tests: ['fails at once where there is no connection, and says that there is no folder of that name either'],
  },
  {
    number: 46,
    what: 'a model that the hub does not give',
    tests: [
      'says which revision, number format or file there is not, and what there is',
      'goes to the hub and not to where it redirects, and is never shown',
    ],
  },
  {
    number: 47,
    what: 'other bytes than were announced',
    tests: ['is refused where its hash is wrong, and nothing of it is kept', 'is refused where it is a web page'],
  },
  {
    number: 48,
    what: 'names that lead out of the cache',
    refused: [
      refusal(target('a/b@../../x'), 'E_HUB_NAME', 'config', /not a revision/),
      refusal(target('C:\\x\\y'), 'E_MODEL_NOT_FOUND', 'missingInput', /no language model/),
    ],
    tests: ['never leaves the cache folder'],
  },
  {
    number: 49,
    what: 'two processes that fetch one model',
    tests: ['serves two processes at once, and clears up after one that was killed'],
  },
  {
    number: 50,
    what: 'a kill in the middle of a download',
    tests: [
      'serves two processes at once, and clears up after one that was killed',
      'resumes where a broken connection stopped, asking for the rest only',
    ],
  },
  { number: 51, what: 'a disk without room for a model', tests: ['has its space checked before the first byte'] },
  {
    number: 52,
    what: 'a model whose rows depend on their batch',
    tests: ['says that a dynamic int8 model runs row by row, unless batches are allowed'],
  },
  {
    number: 53,
    what: 'a runtime that crashes or is killed for its memory',
    tests: ['ends with the checkpoint and the prompt of an unbroken one'],
  },
];
