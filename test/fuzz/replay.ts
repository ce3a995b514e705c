import type { Relation } from '../../generator/src/schema/index.ts';
import { type Compare, questionOf } from './compare-all.ts';
import { pairsPerRound, poolOf } from './pool.ts';
import { contradictionLines, type Replay } from './report.ts';
import { attack } from './round.ts';
import type { RealSchemas } from './schemas/real-schemas.ts';
import { shrunk } from './shrunk.ts';

/** One pair again, in its round: what contradicts it may have come from another pair of that. */
export async function replayPair(
  replay: Replay,
  pair: number,
  relations: readonly Relation[],
  realSchemas: RealSchemas,
  compare: Compare,
): Promise<{ readonly lines: readonly string[]; readonly contradicted: boolean }> {
  const pool = poolOf(replay.seed, Math.floor(pair / pairsPerRound), realSchemas);
  const { compared, contradictions } = await attack(pool, relations, compare);
  const lines: string[] = [];
  for (const each of compared) {
    const question = questionOf(pool, each);
    if (question.pair !== pair) continue;
    const { verdict } = each;
    if (lines.length === 0) {
      lines.push(`${question.dialect}${question.assertFormats ? ', formats asserted' : ''}`);
      lines.push(
        `old ${JSON.stringify(question.old, undefined, 2)}`,
        `new ${JSON.stringify(question.next, undefined, 2)}`,
      );
    }
    const detail = verdict.verdict === 'incompatible' ? JSON.stringify(verdict.witness) : '';
    const reason = verdict.verdict === 'unknown' ? verdict.reason : detail;
    lines.push(`${question.relation}: ${verdict.verdict} ${reason}`.trimEnd());
  }
  const own = contradictions.filter((contradiction) => contradiction.pair === pair);
  for (const contradiction of own) lines.push('', ...contradictionLines(await shrunk(contradiction, compare), replay));
  return { lines, contradicted: own.length > 0 };
}
