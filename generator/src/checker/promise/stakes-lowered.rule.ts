import type { Stake } from '../../model/contract.ts';
import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

const weight: Record<Stake, number> = { tolerable: 0, costly: 1, catastrophic: 2 };
const names = ['loss', 'duplicate'] as const;

export const stakesLowered: PromiseRule = {
  id: 'promise/stakes-lowered',
  severity: 'warning',
  summary: 'What is at stake is not talked down together with what protects it.',
  why: 'The design rules ask for durability, order and deduplication by what a lost or doubled event costs. Stakes that are lowered switch those questions off, also for consumers whose cost has not changed.',
  mirror: { harmless: 'higher stakes ask the design rules for more' },
  *check({ before, after }) {
    for (const name of names) {
      const [was, is] = [before.stakes[name], after.stakes[name]];
      if (weight[is] >= weight[was]) continue;
      yield {
        ...field(after, ['stakes', name]),
        against: stood(before, ['stakes', name], `was ${was}`),
        message: `A ${name === 'loss' ? 'lost' : 'doubled'} event is now ${is} instead of ${was}: rules that protected from it no longer speak.`,
        consumers: affected(before),
        hint: 'let the consumers’ teams confirm that it costs them no more than that',
      };
    }
  },
};
