// A question that stays asked: its latest answer, kept until the next one is there, and for what one has been waiting.

import { untrack } from 'svelte';
import { ask, onChanged, type AnswerTo, type Kind, type QuestionOf } from './ask';
import { clock } from './clock.svelte';
import type { Problem } from './page';
import { waitingFor } from './words';

const PATIENCE = 300;

export type Wait = { what: string; since: Date };

const news = $state({ count: 0 });
onChanged(() => news.count++);

export class Asked<K extends Kind> {
  answer = $state.raw<AnswerTo<K> | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Set when an answer takes its time. */
  waiting = $state.raw<Wait | null>(null);
  #question: QuestionOf<K> | null = null;
  #turn = 0;
  #isAsking = false;
  #isOutdated = false;

  /** Only the answer to the question asked last counts. */
  async ask(question: QuestionOf<K>) {
    const turn = ++this.#turn;
    const isLatest = () => turn === this.#turn;
    const since = new Date();
    this.#question = question;
    this.#isAsking = true;
    this.#isOutdated = false;
    const timer = setTimeout(() => {
      if (isLatest()) this.waiting = { what: waitingFor[question.kind], since };
    }, PATIENCE);
    const [answer, problem] = await ask(question).then(
      (answer) => [answer, null] as const,
      (problem: Problem) => [null, problem] as const,
    );
    clearTimeout(timer);
    if (isLatest()) this.#settle(answer, problem);
  }

  #settle(answer: AnswerTo<K> | null, problem: Problem | null) {
    clock.tick();
    this.#isAsking = false;
    this.waiting = null;
    this.problem = problem;
    if (answer) this.answer = answer;
    if (this.#isOutdated) this.again();
  }

  /** Asks another question for once; it is the former one that is asked again. */
  async once(question: QuestionOf<K>) {
    const former = this.#question;
    const asked = this.ask(question);
    this.#question = former;
    await asked;
  }

  /** Asks the last question once more; while it is being asked, once it is answered. */
  again() {
    if (this.#isAsking) this.#isOutdated = true;
    else if (this.#question) this.ask(this.#question);
  }

  /** Wants no answer any longer. */
  forget() {
    this.#turn++;
    this.#question = this.answer = this.problem = this.waiting = null;
    this.#isAsking = false;
  }
}

/** Keeps a question asked while its component lives: when it becomes another one, and when something changed. */
export function asked<K extends Kind>(question: () => QuestionOf<K>, known: AnswerTo<K> | null = null): Asked<K> {
  const it = new Asked<K>();
  it.answer = known;
  $effect(() => {
    const next = question();
    untrack(() => it.ask(next));
  });
  follow(it);
  return it;
}

/** Asks again whenever something changed, while its component lives. */
export function follow(it: { again(): void; forget(): void }) {
  const seen = news.count;
  $effect(() => {
    if (news.count > seen) untrack(() => it.again());
  });
  $effect(() => () => it.forget());
}
