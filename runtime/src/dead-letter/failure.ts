/** Reads an error that may be anything: handlers throw strings, `undefined`, and objects whose getters throw. */
export interface Failure {
  readonly errorClass: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function describeFailure(error: unknown): Failure {
  try {
    if (error instanceof Error) {
      return {
        errorClass: String(error.name || error.constructor.name),
        message: String(error.message),
        stack: typeof error.stack === 'string' ? error.stack : undefined,
      };
    }
    return { errorClass: typeof error, message: String(error), stack: undefined };
  } catch {
    return { errorClass: 'unreadable', message: 'the error that was thrown cannot be read', stack: undefined };
  }
}
