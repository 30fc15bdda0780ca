import * as z from 'zod';
import { settingsOf } from '../../../options/option.js';
import { defineTrainer } from '../../contract/trainer-definition.js';

const search = settingsOf('Search');

export const evolution = defineTrainer({
  name: 'evolution',
  losses: ['none'],
  hasReplay: false,
  readsInputs: false,
  settings: {
    populationSize: search.number(z.int().min(2).max(10_000).default(32), 'N', 'prompts kept as parents'),
  },
});
