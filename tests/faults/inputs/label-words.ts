import { join } from 'node:path';
import { TINY_MODEL } from '../../cli/spawn-cli.js';
import { type BadInput, refusal, runSmall } from './bad-input.js';

const MASKED = join(TINY_MODEL, '../bert');
const CAUSAL = join(TINY_MODEL, '../opt');
const masked = (words: string) => runSmall('--target', MASKED, '--verbalizer', words);

export const LABEL_WORDS: readonly BadInput[] = [
  {
    number: 54,
    what: 'a word of several tokens where one has room',
    refused: [refusal(masked('ham=unbelievably,spam=a'), 'E_VERBALIZER_TOKENS', 'config', /is 11 tokens/)],
  },
  {
    number: 55,
    what: 'a word that the tokenizer cannot spell',
    tests: ['refuses empty words, special tokens, unknown text and a single label'],
  },
  {
    number: 56,
    what: 'one word for two labels',
    refused: [
      refusal(runSmall('--verbalizer', 'ham=list,spam=list'), 'E_CONFIG', 'config', /the same word "list"/),
      refusal(masked('ham=a,spam=A'), 'E_VERBALIZER_SAME', 'config', /cannot be told apart/),
    ],
  },
  {
    number: 57,
    what: 'a word with or without a space before it',
    tests: ['reads a word as the answer after one space, of one token or several'],
  },
  {
    number: 58,
    what: 'a special token, no word, or too few words',
    refused: [
      refusal(masked('ham=[MASK],spam=a'), 'E_VERBALIZER_SPECIAL', 'config', /holds \[MASK\]/),
      refusal(
        runSmall('--target', CAUSAL, '--label-words', 'given', '--verbalizer', 'ham=</s>,spam=a'),
        'E_VERBALIZER_SPECIAL',
        'config',
        /holds <\/s>/,
      ),
      refusal(
        runSmall('--target', CAUSAL, '--label-words', 'both', '--verbalizer', 'ham=a</s>b,spam=a'),
        'E_VERBALIZER_SPECIAL',
        'config',
        /holds <\/s>/,
      ),
      ...['<|endoftext|>', 'a<|endoftext|>b', 'list|<|endoftext|>'].map((word) =>
        refusal(
          runSmall('--verbalizer', `ham=${word},spam=free`),
          'E_CONFIG',
          'config',
          /special token <\|endoftext\|>/,
        ),
      ),
      refusal(runSmall('--verbalizer', 'ham=,spam=free'), 'E_CONFIG', 'config', /verbalizer/),
      refusal(runSmall('--verbalizer', 'ham=list'), 'E_CONFIG', 'config', /two labels are needed/),
    ],
  },
  {
    number: 59,
    what: 'labels that score alike',
    tests: ['counts a tie as wrong: two labels that score alike earn nothing'],
  },
  {
    number: 60,
    what: 'a service that does not name a label word',
    tests: [
      'gives a word that was not seen the smallest probability that was, and says so',
      'is an error where nothing else can be said',
    ],
  },
];
