// The bridge: one question, one answer of the same kind; and the news that something changed.

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Answer, Problem, Question } from './page';

export type Kind = Question['kind'];
export type QuestionOf<K extends Kind> = Extract<Question, { kind: K }>;
export type AnswerTo<K extends Kind> = Extract<Answer, { kind: K }>;

/** Rejects with a `Problem`, whatever went wrong. */
export async function ask<K extends Kind>(question: QuestionOf<K>): Promise<AnswerTo<K>> {
  try {
    return await invoke<AnswerTo<K>>('ask', { question });
  } catch (reason) {
    throw problem(reason);
  }
}

function problem(reason: unknown): Problem {
  const said = reason as Partial<Problem> | null;
  return typeof said?.sentence === 'string'
    ? { sentence: said.sentence, hint: said.hint ?? null }
    : { sentence: reason instanceof Error ? reason.message : String(reason), hint: null };
}

/** Calls back once for a burst of news, and once for what may have happened before it could be heard. */
export function onChanged(call: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      call();
    }, 100);
  };
  listen('changed', soon).then(soon, () => undefined);
}
