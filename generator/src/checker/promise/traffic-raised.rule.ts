import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const trafficRaised: PromiseRule = {
  id: 'promise/traffic-raised',
  severity: 'warning',
  summary: 'Consumers hear of more traffic before it comes.',
  why: 'Concurrency, rate limits, databases and lag promises are sized by the traffic that the contract names. More or larger events than that end as lag, and under a policy that drops as loss. Let the consumers make room first.',
  mirror: { harmless: 'less traffic than was announced leaves room' },
  *check({ before, after }) {
    const sizes = [
      ['average', before.traffic.average.perSecond, after.traffic.average.perSecond],
      ['peak', before.traffic.peak.perSecond, after.traffic.peak.perSecond],
      ['payload', before.traffic.payload.bytes, after.traffic.payload.bytes],
    ] as const;
    for (const [name, was, is] of sizes) {
      if (is <= was) continue;
      yield {
        ...field(after, ['traffic', name]),
        against: stood(before, ['traffic', name], `was ${before.traffic[name].text}`),
        message: `\`traffic.${name}\` is now ${after.traffic[name].text} instead of ${before.traffic[name].text}.`,
        consumers: affected(before),
        hint: 'let the consumers’ teams confirm that they keep up with it',
      };
    }
  },
};
