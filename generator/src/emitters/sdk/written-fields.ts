/**
 * `path:line` of every field that the contract writes and the runtime acts on, so that it can refuse what it does not
 * keep yet, and name the line of what it cannot.
 */
import type { Contract, FieldPath } from '../../model/contract.ts';
import { printedPath } from './printed-path.ts';

const eventFields = [
  'version',
  'owner',
  'status',
  'schema',
  'encoding',
  'tombstones',
  'partitionKey',
  'ordering',
  'event',
];
const topicFields = ['name', 'partitions', 'replication', 'minInSync', 'retention', 'cleanup', 'maxMessage'];
const producerFields = ['owner', 'outbox', 'acks', 'onOverload', 'buffer', 'approvedBy'];
const consumerFields: readonly FieldPath[] = [
  ['owner'],
  ['group'],
  ['delivery'],
  ...fieldsOf('idempotency', ['key', 'window', 'store']),
  ...fieldsOf('retry', ['attempts', 'within', 'backoff', 'ratio', 'nonRetryable']),
  ...fieldsOf('deadLetter', [
    'owner',
    'investigateWithin',
    'severity',
    'alertAbove',
    'topic',
    'retention',
    'after',
    'floodGuard',
  ]),
  ...fieldsOf('backpressure', ['policy', 'maxInFlight', 'maxWaiting', 'maxAge', 'maxLag', 'keepOneIn', 'approvedBy']),
  ['reads'],
  ['concurrency'],
  ['batch'],
  ['timeout'],
  ['rateLimit'],
  ['catchUp'],
  ['breaker'],
  ['lag'],
  ['objective'],
  ['replayWindow'],
  ['startFrom'],
  ['onOffsetLost'],
];

export function writtenFields(contract: Contract, label: string): Readonly<Record<string, string>> {
  const paths: FieldPath[] = [
    ...eventFields.map((field) => [field]),
    ...fieldsOf('topic', topicFields),
    ...contract.producers.flatMap(({ service }) => [
      ['producers', service],
      ...producerFields.map((field) => ['producers', service, field]),
    ]),
    ...contract.consumers.flatMap(({ name }) => [
      ['consumers', name],
      ...consumerFields.map((path) => ['consumers', name, ...path]),
    ]),
  ];
  const written = paths.flatMap((path) => {
    const position = contract.source.written(path);
    return position === undefined ? [] : [[pointer(path), `${printedPath(position.path, label)}:${position.line}`]];
  });
  return Object.fromEntries(written);
}

function fieldsOf(parent: string, fields: readonly string[]): readonly FieldPath[] {
  return [[parent], ...fields.map((field) => [parent, field])];
}

function pointer(path: FieldPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
