// Text that others wrote, made safe to lay out.

// Whatever moves, hides or turns other letters: controls, line separators, marks of direction.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** No control character reaches layout: white space becomes a space, everything else can be seen. */
export function clean(text: string): string {
  return text.replace(/[\t\n\r]+/g, ' ').replace(UNSEEN, '\ufffd');
}

export type Part = { text: string; isLiteral: boolean };

/** Words and the literals among them, which stand in backticks. */
export function parts(text: string): Part[] {
  return clean(text)
    .split('`')
    .map((text, index) => ({ text, isLiteral: index % 2 === 1 }))
    .filter((part) => part.text !== '');
}

/** A sentence without the marks of its literals. */
export function plain(text: string): string {
  return parts(text).map((part) => part.text).join('');
}

/** The pieces of a long name, between which a line may end. */
export function pieces(name: string): string[] {
  return clean(name).split(/(?<=[:@]|[^/]\/)(?![/:])/);
}
