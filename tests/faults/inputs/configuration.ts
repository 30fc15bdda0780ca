import { type BadInput, refusal, runSmall } from './bad-input.js';

const print = (file: string, ...more: string[]) => ['config', 'print', '--config', file, ...more];

export const CONFIGURATION: readonly BadInput[] = [
  {
    number: 1,
    what: 'a configuration that is not there',
    refused: [refusal(print('nowhere.json'), 'E_CONFIG_MISSING', 'missingInput', /nowhere\.json/)],
  },
  {
    number: 2,
    what: 'an unknown key, flag, command or task',
    refused: [
      refusal(['rnu'], 'E_USAGE', 'usage', /did you mean run\?/),
      refusal(['run', 'spam', '--stesp', '3'], 'E_USAGE', 'usage', /did you mean --steps\?/),
      refusal(['run', 'spamm'], 'E_TASK_NOT_FOUND', 'usage', /did you mean spam\?/),
      refusal(['run', 'spam', '--set', 'stepps=3'], 'E_CONFIG', 'config', /did you mean steps\? .*--set stepps/),
      refusal(print('unknown.config.yaml'), 'E_CONFIG', 'config', /"step", did you mean steps\? .*yaml:2:1/),
    ],
  },
  {
    number: 3,
    what: 'a value of the wrong type or out of its range',
    refused: [
      refusal(runSmall('--top-k', '-1'), 'E_CONFIG', 'config', /topK: got -1/),
      refusal(runSmall('--temperature', 'NaN'), 'E_CONFIG', 'config', /temperature: got "?NaN/),
      refusal(runSmall('--steps', '1e999'), 'E_CONFIG', 'config', /steps: got Infinity/),
      refusal(runSmall('--seed', '9007199254740993'), 'E_CONFIG', 'config', /at most 4,294,967,295/),
      refusal(runSmall('--prompts-per-step', '10000000'), 'E_CONFIG', 'config', /promptsPerStep: got 10000000/),
      refusal(print('infinite.config.json'), 'E_CONFIG', 'config', /learningRate: got Infinity.*json:1:16/),
      refusal(print('nan.config.yaml'), 'E_CONFIG', 'config', /learningRate: got .*yaml:2:1/),
      refusal(print('minus.config.json', '--steps', '5'), 'E_CONFIG', 'config', /steps: got -5/),
    ],
  },
  {
    number: 4,
    what: 'a prototype for a key',
    refused: [
      refusal(print('proto.config.json'), 'E_CONFIG', 'config', /__proto__ cannot be a key/),
      refusal(['run', 'spam', '--set', 'a.__proto__.x=1'], 'E_CONFIG', 'config', /unknown key "a\.__proto__\.x"/),
    ],
    tests: ['leaves Object.prototype alone whatever the keys are'],
  },
  {
    number: 5,
    what: 'a configuration that unfolds, is too deep or too large',
    refused: [
      refusal(print('bomb.config.yaml'), 'E_CONFIG', 'config', /aliases \(\*name\) are not allowed/),
      refusal(print('deep.config.yaml'), 'E_CONFIG', 'config', /nested deeper than 64 levels/),
      refusal(print('large.config.json'), 'E_CONFIG', 'config', /larger than 64 KiB/),
    ],
  },
  {
    number: 6,
    what: 'a key that is there twice, and words that older YAML took for truth',
    refused: [
      refusal(print('dup.config.json'), 'E_CONFIG', 'config', /steps/),
      refusal(print('dup.config.yaml'), 'E_CONFIG', 'config', /steps stands here twice/),
      refusal(print('yes.config.yaml'), 'E_CONFIG', 'config', /offline: got "yes", expected true or false/),
    ],
  },
  {
    number: 7,
    what: 'settings that exclude each other',
    refused: [
      refusal(runSmall('--prompt-length', '0'), 'E_CONFIG', 'config', /promptLength: got 0/),
      refusal(runSmall('--prompts-per-step', '0'), 'E_CONFIG', 'config', /promptsPerStep: got 0/),
      refusal(runSmall('--top-k', '500000'), 'E_CONFIG', 'config', /topK is 500000, but mail-gpt-4m has 4096/),
      refusal(runSmall('--trainer', 'soft-q-learning', '--loss', 'log-variance'), 'E_CONFIG', 'config', /loss/),
      refusal(print('list.config.json'), 'E_CONFIG', 'config', /expected keys and values/),
      refusal(print('throws.config.mjs'), 'E_CONFIG', 'config', /boom/),
      refusal(print('getter.config.mjs'), 'E_CONFIG', 'config', /boom/),
    ],
  },
  {
    number: 8,
    what: 'a run that is resumed with other settings',
    refused: [refusal(['resume', 'fake-run', '--top-k', '3'], 'E_USAGE', 'usage', /unknown option '--top-k'/)],
    tests: ['names every difference with old and new value', 'leaves settings alone that may change'],
  },
  {
    number: 9,
    what: 'a secret in a configuration',
    refused: [
      refusal(print('secret.config.json'), 'E_CONFIG', 'config', /endpoint/),
      refusal(print('key.config.json'), 'E_CONFIG', 'config', /OPENAI_API_KEY/),
    ],
    tests: ['never repeats a secret, and points at the environment'],
  },
  {
    number: 10,
    what: 'a variable that is not set',
    refused: [refusal(print('unset.config.json'), 'E_CONFIG', 'config', /NOT_SET_HERE is not set/)],
  },
  {
    number: 11,
    what: 'a run folder of a name that no folder should have',
    refused: [
      refusal(runSmall('--out=~'), 'E_RUN_NAME', 'config', /"~"/),
      refusal(runSmall('--out=-rf'), 'E_RUN_NAME', 'config', /"-rf"/),
      refusal(runSmall('--out', 'CON'), 'E_RUN_NAME', 'config', /Windows/),
      refusal(runSmall('--out', 'a\nb'), 'E_RUN_NAME', 'config', /control character/),
      refusal(runSmall('--out', 'x'.repeat(300)), 'E_RUN_NAME', 'config', /longer than 200 bytes/),
      refusal(runSmall('--out', 'full'), 'E_FOLDER_NOT_EMPTY', 'cannotCreate', /it holds "thesis\.txt"/),
    ],
  },
  {
    number: 12,
    what: 'a configuration that is not UTF-8',
    refused: [refusal(print('utf16.config.json'), 'E_CONFIG_ENCODING', 'data', /iconv -f utf-16/)],
  },
];
