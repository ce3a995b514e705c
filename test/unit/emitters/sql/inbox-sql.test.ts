import { migrations } from '@tenet/runtime/sql';
import { describe, expect, test } from 'vitest';
import { inboxSql } from '../../../../generator/src/emitters/sql/inbox-sql.emitter.ts';
import type { ContractSet } from '../../../../generator/src/model/contract-set.ts';
import { expectGolden, filesOf } from '../golden.ts';
import { aConsumer, aContract, aDeadLetter, aSet, time } from '../sample-set.ts';

const cases: Readonly<Record<string, ContractSet>> = {
  nobody: aSet([aContract({ consumers: [aConsumer()] })]),
  'effectively-once': aSet([
    aContract({
      consumers: [
        aConsumer('billing', {
          delivery: 'effectively-once',
          idempotency: { key: ['/id'], window: time('30d'), store: 'postgres' },
        }),
      ],
    }),
  ]),
  wait: aSet([
    aContract({
      consumers: [
        aConsumer('billing', {
          idempotency: { key: ['/id'], window: time('30d'), store: 'postgres' },
          deadLetter: aDeadLetter({ after: 'wait' }),
        }),
      ],
    }),
  ]),
};

describe('inbox SQL', () => {
  test.each(Object.entries(cases))('%s', async (name, set) => {
    const { emit } = inboxSql;
    // The migrations are the runtime's own text; a copy of them in a golden folder would say nothing.
    await expectGolden(
      { name: 'sql', emit: async (of) => (await emit(of)).filter(({ path }) => path.endsWith('.md')) },
      name,
      set,
    );
  });

  test('every migration of the runtime, byte for byte', async () => {
    const { 'sql/inbox/README.md': _, ...files } = await filesOf(inboxSql, aSet([]));
    expect(files).toEqual(Object.fromEntries(migrations.map(({ name, sql }) => [`sql/inbox/${name}`, sql])));
  });
});
