export interface ShownWord {
  readonly word: string;
  /** Short enough for the help of an 80-column screen. */
  readonly meaning: string;
  /** In the help of the screen; the others stand in tables and pages, too. */
  readonly isOnScreen?: true;
}

const onScreen = (word: string, meaning: string): ShownWord => ({ word, meaning, isOnScreen: true });

/** What the words of the screen and the tables mean, the most asked for first: for the screen's help, `help WORD` and the docs. */
export const SHOWN_WORDS: readonly ShownWord[] = [
  onScreen('★ ›', 'the best prompt so far · a prompt that you typed'),
  onScreen('dev', 'score on the rows that choose between prompts'),
  onScreen('train', 'score on the rows that the search learns from'),
  onScreen('margin', 'how clearly labels are told apart on dev; it counts in the order'),
  onScreen('order', 'dev accuracy + margin, less 1 standard error if nobody wrote it'),
  onScreen('pending', 'leads on train; not yet scored on dev'),
  onScreen('reward', 'what the search raises; the chart has a step’s mean and highest'),
  onScreen('step', 'when the prompt was proposed; 0 is before the search'),
  onScreen('base', 'the best baseline: no prompt, a hand-written or a plain one'),
  onScreen('forwards', 'rows through the target LM, the unit of cost'),
  onScreen('entropy', 'of the policy, in nats; near 0 it proposes one prompt'),
  onScreen('unique', 'share of a step’s prompts that differ'),
  onScreen('flat', 'steps whose prompts all got one reward: nothing to learn'),
  onScreen('skipped', 'steps left out because a number was not finite'),
  { word: 'test', meaning: 'score on rows that are used only once, at the end' },
  {
    word: 'cache hits',
    meaning: 'rows this run scored before; those of earlier runs are forwards',
  },
  { word: 'warnings', meaning: 'how many there were; ! shows them in full' },
  { word: 'loss', meaning: 'of the trainer in the last step; it need not fall' },
  { word: 'gradient', meaning: 'norm of the last update’s gradient' },
  { word: 'sd', meaning: 'standard deviation of a step’s rewards' },
  { word: 'from', meaning: 'who proposed a prompt: policy, manual, plain, user, warm-start' },
  { word: 'policy', meaning: 'what is trained to propose prompts; in “from”: it did this one' },
  { word: 'manual', meaning: 'from: hand-written, of the task or by --manual-prompt' },
  { word: 'plain', meaning: 'from: fits any task; competes where nobody wrote a prompt' },
  { word: 'user', meaning: 'from: typed on the screen' },
  { word: 'warm-start', meaning: 'from: given by --init-prompt or the prompt library' },
  { word: 'empty', meaning: 'from: no prompt, the input alone' },
  { word: 'found', meaning: 'the best searched prompt, recommended unless another row is' },
  { word: 'recommended', meaning: 'a baseline, where no searched prompt ranks above it on dev' },
  { word: 'fluency', meaning: 'how well a prompt reads: log-probability per token, 0 at best' },
  { word: 'unreadable', meaning: 'reads worse than written prompts, or repeats: ranked last' },
];
