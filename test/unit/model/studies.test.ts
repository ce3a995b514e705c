import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rules } from '../../model/consumer/rules.ts';
import { studies } from '../../model/studies.ts';
import { costOf } from '../../model/study.ts';

const broken = studies.flatMap((study) => study.rules.map(({ name, rule, cost }) => ({ study, name, rule, cost })));

/** States at the small size, by model, as docs/model.md tells them. */
const documented = new Map(
  [
    ...readFileSync(new URL('../../../docs/model.md', import.meta.url), 'utf8').matchAll(
      /^\| `(.+?)` \|.+\| ([\d,]+) \| [\d,]+ \|$/gm,
    ),
  ].map(([, name = '', states = '']) => [name, states]),
);

describe('the protocols of the consumer, every interleaving', () => {
  test.each(studies)('$name: every invariant holds, and everything can still be settled', (study) => {
    const { found, states } = study.run('small');
    expect(found).toBeUndefined();
    expect(documented.get(study.name)).toBe(states.toLocaleString('en'));
  });

  test.each(broken)('what it costs to do without $name: $rule', ({ study, name, cost }) => {
    expect(costOf(study.run('small', name))).toEqual(cost);
  });

  test('every rule of the consumer is broken somewhere', () => {
    expect(broken.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(rules)));
  });
});
