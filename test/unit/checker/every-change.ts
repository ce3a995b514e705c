/** One field of the format, and what becomes of it when it moves from one legal value to another, and back. */
export interface Change {
  readonly field: string;
  readonly moves: readonly Move[];
}

export interface Move {
  /** Text that stands once in the file that the field belongs to. */
  readonly from: string;
  readonly to: string;
  readonly there: Answer;
  readonly back: Answer;
}

/** The rule that speaks of the change, or why nobody has to. */
export type Answer = { readonly finds: string } | { readonly harmless: string };

export const finds = (rule: string): Answer => ({ finds: rule });
export const harmless = (why: string): Answer => ({ harmless: why });
export const row = (field: string, ...moves: readonly Move[]): Change => ({ field, moves });
export const move = (from: string, to: string, there: Answer, back: Answer): Move => ({ from, to, there, back });
/** Another value is what counts, whichever way. */
export const either = (from: string, to: string, answer: Answer): Move => move(from, to, answer, answer);
