// Things to do, and what became of them.

import type { QuestionOf } from './ask';
import { Asked } from './asked.svelte';
import { toClipboard } from './clipboard';
import type { Problem } from './page';
import { plain } from './text';
import { copied, inBrowser, notCopied } from './words';

type Deed = 'signIn' | 'signOut' | 'requestAccess' | 'browse';

class Act {
  asked = new Asked<Deed>();
  /** What became of it, where the person would not see it otherwise. */
  notice = $state.raw<Problem | null>(null);
  /** What a screen reader is told. */
  spoken = $state('');

  async do(deed: QuestionOf<Deed>) {
    this.notice = null;
    await this.asked.ask(deed);
    const { answer, problem } = this.asked;
    if (problem) this.notice = problem;
    // The side and the page show by themselves what it means.
    else if (answer?.kind === 'signOut') this.say(plain(answer.sentence));
    else this.say(inBrowser);
  }

  /** Copies a text, and says so. */
  async copy(text: string): Promise<boolean> {
    const isDone = await toClipboard(text);
    this.say(isDone ? copied : notCopied);
    return isDone;
  }

  /** Empties itself, so that the same words can be told again. */
  say(text: string) {
    this.spoken = text;
    setTimeout(() => (this.spoken = ''), 1500);
  }
}

export const act = new Act();
