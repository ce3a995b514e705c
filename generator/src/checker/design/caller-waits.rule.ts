import { field } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const callerWaits: DesignRule = {
  id: 'design/caller-waits',
  severity: 'error',
  summary: 'Nobody waits for the answer to an event.',
  why: 'A queue between a caller and the answer it waits for adds latency, a second topic, and a time-out that fires while the work still happens. A direct call fails at once and can be retried by the one who cares.',
  *check(contract) {
    if (!contract.traffic.callerWaits) return;
    yield {
      ...field(contract, ['traffic', 'callerWaits']),
      message: 'A caller waits for the answer: that is a request, and a queue only hides it.',
      whoPays: 'the caller, who waits through every backlog',
      hint: 'call the service directly, and publish an event about what came of it',
    };
  },
};
