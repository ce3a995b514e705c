import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const removalBroughtForward: PromiseRule = {
  id: 'promise/removal-brought-forward',
  severity: 'error',
  summary: 'Consumers keep the time that they were given to move.',
  why: '`removeAfter` is what the teams of a deprecated contract plan their move by. An earlier day takes time from them that they were promised, so each of them agrees to it.',
  mirror: { harmless: 'more time to move takes nothing from anybody' },
  *check({ before, after }) {
    const [was, is] = [before.removeAfter, after.removeAfter];
    if (before.consumers.length === 0 || was === undefined || is === undefined || is >= was) return;
    yield {
      ...field(after, ['removeAfter']),
      against: stood(before, ['removeAfter'], `was ${was}`),
      message: `${after.name}@${after.major} now goes after ${is} instead of ${was}.`,
      consumers: affected(before),
      hint: 'keep the day, or let the teams that still have to move sign an exception each',
    };
  },
};
