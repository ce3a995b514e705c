import type { Json } from '../../generator/src/schema/index.ts';
import { type Court, convene } from './judges/judge.ts';
import type { Member, Pool } from './pool.ts';

/** A member of a pool with the judges who sit on it, or with the reason why one of them cannot. */
export interface Judged extends Member {
  /** Place in the pool. */
  readonly index: number;
  readonly court: Court | undefined;
  readonly unjudged?: string;
}

export async function judge({ members }: Pool): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const [index, member] of members.entries()) {
    const court = await convene(member.schema);
    judged.push({ ...member, index, ...('unjudged' in court ? { court: undefined, ...court } : { court }) });
  }
  return judged;
}

export interface Dispute {
  readonly member: Judged;
  readonly value: Json;
}

/** Of which values the judges do not agree. */
export function disputesOver(judged: readonly Judged[], values: readonly Json[]): Dispute[] {
  return judged.flatMap((member) =>
    values.filter((value) => member.court?.ask(value) === 'disputed').map((value) => ({ member, value })),
  );
}
