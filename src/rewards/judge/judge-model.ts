import { RlpromptError } from '../../errors.js';
import { wordOfAnswer } from '../../lm/endpoint/answers/word-scores.js';
import { requireCapability } from '../../lm/load.js';
import type { AnswersCapability, LabelScoresCapability, LanguageModel } from '../../lm/model/types.js';
import { softmax } from '../../statistics/softmax.js';
import type { Template } from '../../template/template.js';
import { wholeWordProbabilities } from './soft-answers.js';

/** Probabilities of the words, or what the judge said instead of one of them. */
export type JudgeAnswer = { readonly probabilities: readonly number[] } | { readonly said: string };

/** A language model that questions are put to, each to be answered by one of some words. */
export interface Judge {
  /** Whether the model can read the whole question. */
  fits(question: string): boolean;
  ask(questions: readonly string[], words: readonly string[], signal?: AbortSignal): Promise<JudgeAnswer[]>;
}

const QUESTION_END = '\nAnswer:';
/** Tokens that the longest answer, 10, may have. */
const ANSWER_TOKENS = 3;
const TEMPLATE: Template = {
  source: `{input}${QUESTION_END}`,
  parts: [
    { kind: 'input', text: 'input' },
    { kind: 'text', text: QUESTION_END },
  ],
  hasMask: false,
  hasLabel: false,
  isRaw: false,
  hasSystem: false,
};

/** @throws RlpromptError E_JUDGE_MODEL, E_MODEL_CAPABILITY */
export function judgeOf(model: LanguageModel): Judge {
  if (model.capabilities.answers) return serviceJudge(model.capabilities.answers);
  if (model.family === 'masked') throw unfit(model);
  return localJudge(model, requireCapability(model, 'labelScores'));
}

/** A model of this machine has a probability for every word. */
function localJudge({ tokenizer, contextLength }: LanguageModel, scorer: LabelScoresCapability): Judge {
  const lengthOf = (text: string): number => tokenizer!.encode(text, { special: true }).length;
  return {
    fits: (question) => lengthOf(`${question}${QUESTION_END}`) + ANSWER_TOKENS <= contextLength,
    ask: async (questions, words, signal) => {
      const labels = scorer.resolveLabels(
        TEMPLATE,
        words.map((word) => ({ label: word, word })),
      );
      const rows = questions.map((_, i) => [0, i] as const);
      const request = { template: TEMPLATE, prompts: [''], inputs: questions, labels, rows, signal };
      const scores = await scorer.labelScores({ ...request, normalise: 'none' });
      const tokenIds = labels.map((label) => label.tokenIds);
      return questions.map((_, i) => {
        const logProbs = Array.from(scores.subarray(i * words.length, (i + 1) * words.length));
        return { probabilities: wholeWordProbabilities(logProbs, tokenIds) };
      });
    },
  };
}

/** A service has them where it tells them; otherwise its written answer is a word, or it is outside the scale. */
function serviceJudge(service: AnswersCapability): Judge {
  return {
    // A service refuses by itself what is too long for it.
    fits: () => true,
    ask: async (questions, words, signal) => {
      const texts = questions.map((question) => `${question}${QUESTION_END}`);
      const answers = await service.answers(texts, words, { signal });
      return answers.map(({ text, logProbs }): JudgeAnswer => {
        if (logProbs) return { probabilities: softmax(logProbs) };
        const chosen = wordOfAnswer(text, words);
        return chosen === undefined ? { said: text } : { probabilities: words.map((_, i) => Number(i === chosen)) };
      });
    },
  };
}

function unfit({ name }: LanguageModel): RlpromptError {
  return new RlpromptError({
    code: 'E_JUDGE_MODEL',
    exit: 'config',
    message: `${name} is a masked language model, which cannot be asked a question`,
    where: '--judge',
    next: 'name a causal model, or openai:MODEL with --endpoint',
  });
}
