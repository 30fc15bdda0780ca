import { createHash } from 'node:crypto';
import { RlpromptError } from '../../errors.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { mean } from '../../statistics/mean.js';
import { zip } from '../../statistics/zip.js';
import type { Task } from '../../task/types.js';
import type { JudgeSettings } from '../objectives/contract/judge-settings.js';
import type { Objective, ObjectiveItem } from '../objectives/contract/objective.js';
import type { ObjectiveKind } from '../objectives/contract/objective-kind.js';
import type { JudgeParts } from './judge-memory.js';
import type { JudgedItem, JudgeMethod } from './judge-method.js';
import { type Judge, judgeOf } from './judge-model.js';
import { defaultRubric, judgedKind, pairQuestion, type QuestionFrame } from './judge-questions.js';
import { PaidAnswers } from './paid-answers.js';
import { PairwiseMethod } from './pairwise-method.js';
import { ScoreMethod } from './score-method.js';

/** A language model's opinion, by a rubric: of the outputs of style-transfer tasks, of the prompts of others. */
export const judgeObjective: ObjectiveKind = {
  refusal: (_, { judge }) =>
    judge === undefined ? 'the objective judge needs a language model that judges: name it with --judge' : undefined,
  create: async ({ task, settings, load }) => createJudgeObjective(task, settings, await load(settings.judge!)),
};

/** @throws RlpromptError E_JUDGE_MODEL, E_JUDGE_CONTEXT, E_MODEL_CAPABILITY */
export function createJudgeObjective(
  task: Pick<Task, 'kind' | 'splits'>,
  settings: JudgeSettings,
  model: LanguageModel,
): Objective {
  const kind = judgedKind(task.kind);
  const frame = { kind, rubric: settings.rubric?.join('\n') ?? defaultRubric(kind) };
  const judge = judgeOf(model);
  requireRoom(model, judge, frame);
  const paid = new PaidAnswers();
  const method = methodOf(settings, { name: model.name, judge, paid }, frame);
  const [worst] = method.range;
  return {
    name: 'judge',
    range: method.range,
    readsOutputs: kind === 'rewriting',
    digest: createHash('sha256')
      .update(JSON.stringify([model.digest, settings.judgeMode, settings.judgeDownWeight, frame]))
      .digest('hex'),
    score: async (items, { signal } = {}) => {
      const judged = items.map((item) => (kind === 'rewriting' ? outputsOf(item, task) : [promptOf(item)]));
      const texts = judged.flat().filter(({ text }) => text !== '');
      const values = new Map(zip(texts, await method.judge(texts, signal)));
      return judged.map((list) => mean(list.map((one) => values.get(one) ?? worst)));
    },
    attach: (log) => paid.attach(log),
    metrics: () => method.metrics(),
    save: () => method.save(),
    restore: (saved) => method.restore(saved),
  };
}

function methodOf({ judgeMode, judgeDownWeight }: JudgeSettings, parts: JudgeParts, frame: QuestionFrame): JudgeMethod {
  if (judgeMode === 'score10') return new ScoreMethod(parts, frame);
  return new PairwiseMethod(parts, frame, { downWeight: judgeDownWeight });
}

function promptOf({ text }: ObjectiveItem): JudgedItem {
  return { place: '', text };
}

/** What was written for each input; an output that scores nothing (empty, cut) is not shown to the judge. */
function outputsOf({ evaluation }: ObjectiveItem, { splits }: Pick<Task, 'splits'>): JudgedItem[] {
  return (evaluation.outcomes ?? []).map(({ index, output = '', fault, label }) => ({
    place: String(index),
    text: fault === undefined ? output : '',
    input: splits.train[index]?.text,
    style: label,
  }));
}

/** A rubric that fills the judge's context would leave no room for what is judged. */
function requireRoom({ name, contextLength }: LanguageModel, judge: Judge, frame: QuestionFrame): void {
  const text = 'a sentence of some length '.repeat(2);
  if (judge.fits(pairQuestion(frame, { text, input: text }, { text }))) return;
  throw new RlpromptError({
    code: 'E_JUDGE_CONTEXT',
    exit: 'config',
    message: `the rubric leaves no room in the context of the judge ${name}, which is ${contextLength} tokens`,
    where: '--rubric',
    next: 'a shorter rubric, or a judge with a longer context',
  });
}
