import { type BadInput, refusal, runSmall } from './bad-input.js';

const service = (url: string) => runSmall('--target', 'openai:any', '--endpoint', url);

export const SERVICES: readonly BadInput[] = [
  {
    number: 76,
    what: 'a service that asks for patience',
    tests: [
      'waits after 429 as long as the service asks',
      'holds its neighbours back too when one is told to wait',
      'ends at once where it is to wait for hours',
    ],
  },
  { number: 77, what: 'a time to wait that is none', tests: ['takes a nonsensical wait for none'] },
  {
    number: 78,
    what: 'a service that fails, or is not there',
    refused: [
      refusal(runSmall('--target', 'openai:any'), 'E_ENDPOINT_MISSING', 'config', /--endpoint/),
      refusal(
        runSmall('--offline', '--target', 'openai:any', '--endpoint', 'http://example.org/v1'),
        'E_ENDPOINT_OFFLINE',
        'config',
        /--offline forbids to ask example\.org/,
      ),
    ],
    tests: [
      'is repeated after 500, 503, a cut body and a dropped connection',
      'is given up after six attempts',
      'keeps every answer that was paid for when its evaluation is cut off',
    ],
  },
  {
    number: 79,
    what: 'a service that refuses',
    tests: [
      'is not repeated after 401, and the key is not in the error although the service repeats it',
      'is not repeated after 400: another wording may do',
    ],
  },
  {
    number: 80,
    what: 'an answer that is cut off or no JSON',
    tests: [
      'is repeated after 500, 503, a cut body and a dropped connection',
      'is given up after three answers that are no JSON',
    ],
  },
  {
    number: 81,
    what: 'a service without log-probabilities',
    tests: [
      'is found at once where log-probabilities are refused altogether',
      'scores the word that is written where the service gives no log-probabilities',
    ],
  },
  { number: 82, what: 'a service that drips', tests: ['is not waited for without end, not even byte by byte'] },
  { number: 83, what: 'a port without TLS', tests: ['ends at once where the port speaks no TLS'] },
  { number: 84, what: 'a redirect', tests: ['does not follow the service elsewhere'] },
  { number: 85, what: 'an answer without end', tests: ['refuses an answer without end'] },
  {
    number: 86,
    what: 'an address where machines keep their credentials, or none of the web',
    refused: [
      refusal(service('http://169.254.169.254/v1'), 'E_ENDPOINT_ADDRESS', 'config', /link-local/),
      refusal(service('http://[::ffff:169.254.169.254]/v1'), 'E_ENDPOINT_ADDRESS', 'config', /link-local/),
      refusal(service('http://2852039166/v1'), 'E_ENDPOINT_ADDRESS', 'config', /169\.254\.169\.254 is a link-local/),
      refusal(service('file:///etc/passwd'), 'E_ENDPOINT_URL', 'config', /expected a URL/),
    ],
    tests: ['may be any address but a link-local one'],
  },
  {
    number: 87,
    what: 'a password in an address',
    refused: [refusal(service('https://me:hunter2secret@example.org/v1'), 'E_ENDPOINT_URL', 'config', /--endpoint/)],
    tests: ['is not repeated in the error: it may hold a password', 'is read from the environment and shown nowhere'],
  },
  {
    number: 88,
    what: 'a service that changes its model',
    without: 'a service says nothing reliable about what it runs; scores in the cache belong to its address and name',
  },
  {
    number: 89,
    what: 'a budget that is used up',
    tests: [
      'is never passed, and every answer before is counted',
      'sends nothing at all where the first request could cost too much',
    ],
  },
  {
    number: 90,
    what: 'an answer that would drive the terminal',
    tests: ['never reaches the terminal raw, wherever it is drawn', 'shows what a hostile text would have done'],
  },
];
