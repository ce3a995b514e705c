import { affected, field } from '../places.ts';
import { printNumber } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';

/** Share of the broker's limit from which an unusual event is likely to be refused. */
const near = 0.5;

export const payloadNearLimit: DesignRule = {
  id: 'design/payload-near-limit',
  severity: 'warning',
  summary: 'A typical payload stays well below what the broker accepts.',
  why: 'The contract states the typical size; the unusual one is what the broker refuses, and a refused event is one that never happened. Publish a reference to large content, not the content.',
  *check(contract) {
    const { payload } = contract.traffic;
    const { maxMessage } = contract.topic;
    const share = payload.bytes / maxMessage.bytes;
    if (share < near) return;
    yield {
      ...field(contract, ['traffic', 'payload']),
      message: `A typical event of ${payload.text} is ${printNumber(share * 100)} % of the ${maxMessage.text} that the broker accepts (\`topic.maxMessage\`).`,
      whoPays: 'the producer, on the first event that is larger than usual',
      consumers: affected(contract),
      hint: 'publish a reference and keep the content in an object store, or raise `topic.maxMessage` knowingly',
    };
  },
};
