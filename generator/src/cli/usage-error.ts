/** What was typed makes no sense: one sentence and a way on. Caught in one place, shown without a stack trace. */
export class UsageError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}

/** What was typed makes sense and cannot be done here: Git is missing, a file cannot be read. */
export class CannotDo extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'CannotDo';
    this.hint = hint;
  }
}
