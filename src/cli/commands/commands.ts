import type { CommandEntry } from '../shared/command-module.js';

const search = 'Search:';
const results = 'Use what was found:';
const about = 'Look around:';

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'check',
    summary: 'look at a data file, and propose the run',
    group: search,
    load: () => import('./search/check.js'),
  },
  {
    name: 'plan',
    summary: 'forwards, time and cost of a run, before it begins',
    group: search,
    load: () => import('./search/plan.js'),
  },
  { name: 'run', summary: 'search for a prompt', group: search, load: () => import('./search/run.js') },
  { name: 'resume', summary: 'resume a run that was stopped', group: search, load: () => import('./search/resume.js') },
  {
    name: 'worker',
    summary: 'compute scores for runs elsewhere',
    group: search,
    load: () => import('./search/worker.js'),
  },
  {
    name: 'compare',
    summary: 'compare trainers at equal cost',
    group: search,
    load: () => import('./search/compare.js'),
  },
  { name: 'act', summary: 'act in a text environment', group: search, load: () => import('./search/act.js') },
  { name: 'eval', summary: 'score your own prompts', group: results, load: () => import('./results/eval.js') },
  { name: 'predict', summary: 'label new rows', group: results, load: () => import('./results/predict.js') },
  { name: 'top', summary: 'the best prompts of a run', group: results, load: () => import('./results/top.js') },
  {
    name: 'export',
    summary: 'write a prompt for another program',
    group: results,
    load: () => import('./results/export.js'),
  },
  {
    name: 'report',
    summary: 'write an HTML report',
    group: results,
    load: () => import('./results/report.js'),
  },
  {
    name: 'transfer',
    summary: 'prompts on other target LMs',
    group: results,
    load: () => import('./results/transfer.js'),
  },
  {
    name: 'forgetting',
    summary: 'several tasks in turn: what is kept',
    group: results,
    load: () => import('./results/forgetting.js'),
  },
  {
    name: 'molecules',
    summary: 'show what a policy writes as molecules',
    group: results,
    load: () => import('./results/molecules.js'),
  },
  { name: 'runs', summary: 'list and remove runs', group: results, load: () => import('./results/runs.js') },
  { name: 'replay', summary: 'redraw a finished run', group: results, load: () => import('./results/replay.js') },
  {
    name: 'rate',
    summary: 'rank texts by hand, or by a judge',
    group: results,
    load: () => import('./results/rate.js'),
  },
  {
    name: 'preferences',
    summary: 'learn a reward from rankings',
    group: results,
    load: () => import('./results/preferences.js'),
  },
  {
    name: 'decode',
    summary: 'generate text guided by a scorer',
    group: results,
    load: () => import('./results/decode.js'),
  },
  { name: 'init', summary: 'make your own task', group: about, load: () => import('./setup/init.js') },
  {
    name: 'prompt-library',
    summary: 'what earlier runs found',
    group: about,
    load: () => import('./setup/prompt-library.js'),
  },
  { name: 'tasks', summary: 'tasks that come with the program', group: about, load: () => import('./setup/tasks.js') },
  {
    name: 'models',
    summary: 'language models, and what they can do',
    group: about,
    load: () => import('./setup/models.js'),
  },
  { name: 'cache', summary: 'what is kept to save time', group: about, load: () => import('./setup/cache.js') },
  {
    name: 'config',
    summary: 'settings in effect and their schema',
    group: about,
    load: () => import('./setup/config.js'),
  },
  {
    name: 'doctor',
    summary: 'check that this machine can run it',
    group: about,
    load: () => import('./setup/doctor.js'),
  },
  {
    name: 'completion',
    summary: 'completion for your shell',
    group: about,
    load: () => import('./setup/completion.js'),
  },
];
