import { setImmediate } from 'node:timers/promises';
import type { Dialect, Relation } from '../../generator/src/schema/index.ts';
import type { Compare } from './compare-all.ts';
import type { Hard } from './contradiction.ts';
import { dialectOf, pairsPerRound, poolOf } from './pool.ts';
import { attack, type RoundResult } from './round.ts';
import { placesOf } from './schemas/places.ts';
import type { RealSchemas } from './schemas/real-schemas.ts';
import { shrunk } from './shrunk.ts';
import { shrunkDispute } from './shrunk-dispute.ts';
import { shrunkUnknown } from './shrunk-unknown.ts';
import { Tally } from './tally.ts';

export interface CampaignOptions {
  readonly seed: number;
  /** At least so many; rounds are never broken off. */
  readonly pairs: number;
  readonly dialects: readonly Dialect[];
  readonly relations: readonly Relation[];
  readonly realSchemas: RealSchemas;
  readonly compare: Compare;
  /** After each round; `stop` ends the campaign there. */
  readonly onRound?: (tally: Tally) => 'stop' | undefined;
}

/** Contradictions that are made small. A broken engine yields thousands, and the first few say why. */
const mostShrunk = 12;

export async function runCampaign(options: CampaignOptions): Promise<Tally> {
  const { seed, realSchemas, relations, compare } = options;
  const tally = new Tally();
  for (let round = 0; tally.pairs < options.pairs; round++) {
    // Rounds are numbered whatever dialects are asked for, so that a pair keeps its number.
    const dialect = dialectOf(round);
    if (!options.dialects.includes(dialect)) continue;
    // All else that is awaited is at hand, so only this lets a signal through.
    await setImmediate();
    const pool = poolOf(seed, round, realSchemas);
    const result = await attack(pool, relations, compare);
    tally.add(dialect, pairsPerRound, result);
    tally.coverage.note(dialect, result.compared, compare);
    await lookIntoDisputes(tally, dialect, result);
    if (options.onRound?.(tally) === 'stop') break;
  }
  await shrinkFindings(tally, compare);
  return tally;
}

async function shrinkFindings(tally: Tally, compare: Compare): Promise<void> {
  const few = tally.contradictions.slice(0, mostShrunk);
  for (const [index, contradiction] of few.entries()) {
    tally.contradictions[index] = await shrunk(contradiction, compare);
  }
  for (const { examples } of tally.unknown.values()) {
    const size = ({ old, next }: Hard): number => JSON.stringify([old, next]).length;
    const [smallest] = [...examples].sort((a, b) => size(a) - size(b));
    if (smallest !== undefined) examples.unshift(await shrunkUnknown(smallest, compare));
  }
}

/** The cause of one dispute in a round, over the smallest of the schemas. */
async function lookIntoDisputes(tally: Tally, dialect: Dialect, { disputes }: RoundResult): Promise<void> {
  const schemas = new Map(disputes.map((dispute) => [dispute.member, dispute]));
  const size = (schema: Parameters<typeof placesOf>[0]): number => placesOf(schema, dialect).length;
  const smallest = [...schemas.values()].sort((a, b) => size(a.member.schema.raw) - size(b.member.schema.raw));
  const [dispute] = smallest;
  if (dispute === undefined) return;
  const { cause, example } = await shrunkDispute(dispute);
  tally.addDispute(cause, example);
}
