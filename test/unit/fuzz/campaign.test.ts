import { expect, test } from 'vitest';
import { compare, type Json, parseSchema, type Schema } from '../../../generator/src/schema/index.ts';
import { runCampaign } from '../../fuzz/campaign.ts';
import type { Compare } from '../../fuzz/compare-all.ts';
import type { Contradiction, Kind } from '../../fuzz/contradiction.ts';
import { pairsPerRound, poolOf } from '../../fuzz/pool.ts';
import { replayPair } from '../../fuzz/replay.ts';
import { contradictionLines, summary } from '../../fuzz/report.ts';
import { attack } from '../../fuzz/round.ts';
import { placesOf, rewriteAll, without } from '../../fuzz/schemas/places.ts';
import { schemasAtHand } from '../../fuzz/schemas/read-schemas.ts';
import { realSchemas } from '../../fuzz/schemas/real-schemas.ts';
import { shrunk } from '../../fuzz/shrunk.ts';
import { Tally } from '../../fuzz/tally.ts';

const real = realSchemas(schemasAtHand());
const seed = 3;

test('a small campaign contradicts no verdict', { timeout: 180_000 }, async () => {
  const tally = await runCampaign({
    seed,
    pairs: 2 * pairsPerRound,
    dialects: ['draft-04', '2020-12'],
    relations: ['inclusion', 'events'],
    realSchemas: real,
    compare,
  });
  expect(tally.contradictions).toEqual([]);
  expect(tally.pairs).toBe(2 * pairsPerRound);
  for (const verdict of ['compatible', 'incompatible'] as const) {
    expect(tally.verdicts(verdict)).toBeGreaterThan(pairsPerRound / 2);
  }
  expect(tally.tried).toBeGreaterThan(tally.verdicts('compatible') / 2);
});

test('between two rounds a signal gets through and ends the campaign', async () => {
  let heard = false;
  setImmediate(() => {
    heard = true;
  });
  const { rounds } = await runCampaign({
    seed,
    pairs: Number.MAX_SAFE_INTEGER,
    dialects: ['draft-04'],
    relations: ['inclusion'],
    realSchemas: real,
    compare: () => ({ verdict: 'unknown', reason: 'not asked' }),
    onRound: () => (heard ? 'stop' : undefined),
  });
  expect(rounds).toBe(1);
});

/** The contradictions of a kind that one round of draft-07 finds in an engine that is wrong. */
async function found(wrong: Compare, kind: Kind): Promise<readonly Contradiction[]> {
  const { contradictions } = await attack(poolOf(seed, 2, real), ['inclusion'], wrong);
  const own = contradictions.filter((each) => each.kind === kind);
  expect(own).not.toEqual([]);
  return own;
}

function changed(schema: Schema, rewrite: (raw: Json) => Json): Schema {
  const { dialect, assertFormats } = schema;
  return parseSchema(rewrite(schema.raw), { dialect, assertFormats })[0] ?? schema;
}

/** The engine, blind to a keyword of the new schema. */
function blindTo(keyword: string): Compare {
  const drop = (raw: Json): Json => rewriteAll(raw, 'draft-07', (part) => without(part, keyword));
  return (old, next, options) => compare(old, changed(next, drop), options);
}

test('an engine that passes everything is caught with an event', async () => {
  const [first] = await found(() => ({ verdict: 'compatible' }), 'passed');
  expect(first).toMatchObject({ relation: 'inclusion', dialect: 'draft-07', verdict: 'compatible' });
  expect(first).toHaveProperty('value');
});

test('an engine that overlooks one keyword is caught with schemas that hold little else', async () => {
  const blind = blindTo('type');
  const [first] = await found(blind, 'passed');
  if (first === undefined) return;
  const { old, next, value } = await shrunk(first, blind);
  expect(JSON.stringify(next)).toContain('type');
  expect(placesOf(next, 'draft-07').length).toBeLessThanOrEqual(3);
  expect(JSON.stringify([old, value]).length).toBeLessThan(100);
});

test('an engine that blocks everything is caught by its witnesses', async () => {
  const contradictions = await found(() => ({ verdict: 'incompatible', witness: null }), 'blocked');
  expect(contradictions.length).toBeGreaterThan(10);
});

test('an engine that minds how a schema is written is caught, though its witness is sound', async () => {
  const schema = (raw: Json): Schema => parseSchema(raw, { dialect: 'draft-07' })[0] as Schema;
  const members = [{ schema: schema({ minimum: 1 }), family: 0, meaning: 0 }];
  const pool = { round: 2, dialect: 'draft-07' as const, assertFormats: false, values: [] };
  const pair = [...members, { schema: schema({ minimum: 2 }), family: 0, meaning: 0 }];
  const { contradictions } = await attack({ ...pool, members: pair }, ['inclusion'], compare);
  expect(contradictions).toEqual([expect.objectContaining({ kind: 'indifferent', value: 1 })]);
});

test('an engine that is unsure of a schema and itself is caught', async () => {
  const unsure: Compare = (old, next, options) =>
    old === next ? { verdict: 'unknown', reason: 'tired' } : compare(old, next, options);
  expect(await found(unsure, 'reflexive')).toHaveLength(64);
});

test('an engine that forgets a verdict in between is caught', async () => {
  let asked = 0;
  const forgetful: Compare = (old, next, options) => {
    const verdict = compare(old, next, options);
    const wrong = verdict.verdict === 'compatible' && old !== next && ++asked % 50 === 0;
    return wrong ? { verdict: 'incompatible', witness: 'any' } : verdict;
  };
  const [first] = await found(forgetful, 'transitive');
  expect(first?.detail).toMatch(/^by way of \{/);
});

test('an exception is a contradiction and not the end', async () => {
  const [first] = await found(() => {
    throw new TypeError('cannot read properties of undefined');
  }, 'crash');
  expect(first?.detail).toBe('cannot read properties of undefined');
});

test('a contradiction is printed with the line that replays it, and the line does', async () => {
  const wrong = blindTo('type');
  const [first] = await found(wrong, 'passed');
  if (first === undefined) throw new Error('nothing was found');
  const lines = contradictionLines(first, { seed, schemas: './mine' });
  expect(lines[0]).toBe('✗ compatible, but the old side sends this and the new side does not take it');
  expect(lines.at(-1)).toBe(`  npm run fuzz -- --seed 3 --pair ${first.pair} --schemas ./mine`);
  const again = await replayPair({ seed }, first.pair, ['inclusion'], real, wrong);
  expect(again.contradicted).toBe(true);
  expect(again.lines).toContain('inclusion: compatible');
  const right = await replayPair({ seed }, first.pair, ['inclusion'], real, compare);
  expect(right.contradicted).toBe(false);
});

test('the last line counts', () => {
  expect(summary(new Tally(), 2, 3.4)).toBe(
    '0 pairs · 0 compatible, 0 incompatible, 0 unknown · 0 contradictions · 0 disputed witnesses · 2 keywords not met · 3 s',
  );
});
