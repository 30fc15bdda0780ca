import type { GuidedText } from './guided-text.js';

/** Rewards of texts that need nothing but the text. */
export const TEXT_REWARDS = {
  /** Less for every character: few texts end before the longest length in tokens. */
  shorter: ({ text }: Pick<GuidedText, 'text'>): number => -text.length,
  /** 1 for a text that asks something. */
  asking: ({ text }: Pick<GuidedText, 'text'>): number => Number(text.includes('?')),
} as const;

export type TextRewardName = keyof typeof TEXT_REWARDS;

export const TEXT_REWARD_NAMES = Object.keys(TEXT_REWARDS) as TextRewardName[];
