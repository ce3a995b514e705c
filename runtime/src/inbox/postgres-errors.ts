/** What PostgreSQL says, in the words of the port. */
import { InboxError } from './inbox.ts';

const fencedState = 'TN001';

/** An error of the store as the port names it. */
export function storeError(error: unknown): InboxError {
  if (error instanceof InboxError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const state = error instanceof Error && 'code' in error ? error.code : undefined;
  const cause = { cause: error };
  if (state === fencedState) return new InboxError('fenced', message, { ...cause, held: heldEpoch(error) });
  if (state === '42P01' || state === '42883' || state === '3F000')
    return new InboxError('not-migrated', message, cause);
  // query_canceled: the statement met the server's bound.
  if (state === '57014') return new InboxError('timeout', message, cause);
  return new InboxError('unavailable', message, cause);
}

/** `statement` is ours, not the handler's: its errors are the store's. */
export function storeErrors<T>(statement: Promise<T>): Promise<T> {
  return statement.catch((error: unknown) => {
    throw storeError(error);
  });
}

/** The epoch that a refused take-over tells; the fence's errors have none. */
function heldEpoch(error: unknown): bigint | undefined {
  const detail = error instanceof Error && 'detail' in error ? error.detail : undefined;
  return typeof detail === 'string' && /^\d+$/.test(detail) ? BigInt(detail) : undefined;
}
