/** Answers in which some part says `error`: @platformatic/kafka rejects with all of it. */
import { protocolErrorsCodesById, ResponseError } from '@platformatic/kafka';

/** The answer, whatever its parts say. */
export async function answerOf<Response>(request: Promise<Response>): Promise<Response> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ResponseError && 'response' in error) return error.response as Response;
    throw error;
  }
}

/** The protocol's name of an error; `undefined` for none. */
export function nameOf(code: number): string | undefined {
  if (code === 0) return undefined;
  const names: Readonly<Record<number, string>> = protocolErrorsCodesById;
  return names[code] ?? `error ${code}`;
}
