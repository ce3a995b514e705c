import { contractFinding } from '../diagnostics/catalogue.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { Consumer, Contract, FieldPath, PayloadSchema, Producer, SourceMap } from '../model/contract.ts';
import { titleFrom } from '../model/naming.ts';
import { parseDuration } from '../model/units.ts';
import { freeze } from './freeze.ts';
import { entryOf, find, type Located, type LocatedEntry, type LocatedMap, positionOf } from './located.ts';
import type { ValidContract } from './parse-contract.ts';
import type { LoadedPayload } from './payload-schema.ts';
import { resolveConsumer } from './promises.ts';
import { present, Reader, unvalidated } from './reader.ts';
import { merge } from './references.ts';
import { overlayTopic, resolveTopic } from './topics.ts';
import type { Environment } from './workspace.ts';

/** A payload that could be understood. */
export type Payload = LoadedPayload & { readonly payload: PayloadSchema };

const stakes = ['tolerable', 'costly', 'catastrophic'] as const;

/** What `tenet.yaml` lays over the topic, and where it says so. */
export interface Overlays {
  readonly environments: readonly Environment[];
  readonly workspace: Located | undefined;
}

/** Promises inherited, defaults applied, units parsed, lists sorted, frozen. */
export function resolveContract(
  valid: ValidContract,
  loaded: Payload,
  { environments, workspace }: Overlays,
): readonly [Contract | undefined, readonly Finding[]] {
  const { domain, event, major, file } = valid;
  const name = `${domain}.${event}`;
  const root = inheritPromises(valid.root);
  const read = new Reader(root);
  const topic = resolveTopic(read.in('topic'), name, major);
  const [consumers, incomplete] = resolveConsumers(read, { root, file, contract: name, topic });
  const findings = [...incomplete, ...checkEncoding(read, loaded.payload, valid)];
  if (consumers === undefined) return [undefined, findings];

  const written = { stakes: read.in('stakes'), traffic: read.in('traffic'), event: read.in('event') };
  const contract: Contract = {
    name,
    domain,
    event,
    major,
    version: read.text('version') ?? unvalidated('version'),
    title: read.text('title') ?? titleFrom(event),
    description: read.text('description') ?? unvalidated('description'),
    owner: read.text('owner') ?? unvalidated('owner'),
    status: read.choice('status', ['draft', 'active', 'deprecated']) ?? 'active',
    intent:
      read.choice('intent', ['async-processing', 'event-sourcing', 'load-leveling', 'task-queue']) ??
      unvalidated('intent'),
    stakes: {
      loss: written.stakes.choice('loss', stakes) ?? unvalidated('loss'),
      duplicate: written.stakes.choice('duplicate', stakes) ?? unvalidated('duplicate'),
    },
    traffic: {
      average: written.traffic.rate('average') ?? unvalidated('average'),
      peak: written.traffic.rate('peak') ?? unvalidated('peak'),
      payload: written.traffic.size('payload') ?? unvalidated('payload'),
      callerWaits: written.traffic.flag('callerWaits') ?? false,
    },
    topic,
    environments: environments.map((overlay) => ({ name: overlay.name, topic: overlayTopic(topic, overlay) })),
    schema: loaded.payload,
    formats: read.choice('formats', ['annotate', 'assert']) ?? 'annotate',
    encoding: read.choice('encoding', ['json', 'avro']) ?? loaded.payload.kind,
    tombstones: read.choice('tombstones', ['refuse', 'allow']) ?? 'refuse',
    classification: sortedNames(read, 'classification').map((pointer) => ({
      pointer,
      kind: read.in('classification').choice(pointer, ['personal', 'secret']) ?? unvalidated(pointer),
    })),
    ordering: read.choice('ordering', ['per-key', 'none', 'global']) ?? unvalidated('ordering'),
    attributes: present({
      id: written.event.text('id'),
      time: written.event.text('time'),
      sequence: written.event.text('sequence'),
    }),
    compatibility: read.choice('compatibility', ['full', 'backward', 'forward', 'none']) ?? 'full',
    rollout: read.duration('rollout') ?? parseDuration('7d') ?? unvalidated('rollout'),
    producers: sortedNames(read, 'producers').map((service) =>
      resolveProducer(service, read.in('producers').in(service)),
    ),
    consumers,
    source: sourceOf(root, valid.schema, loaded, workspace),
    ...present({
      replacedBy: read.text('replacedBy'),
      removeAfter: read.text('removeAfter'),
      partitionKey: partitionKeyOf(read),
    }),
  };
  return [freeze(contract), findings];
}

const promises = ['delivery', 'idempotency', 'retry', 'deadLetter', 'backpressure'];

/** Every consumer gets the promises at the top under its own. */
function inheritPromises(root: Located): Located {
  const consumers = entryOf(root, 'consumers');
  if (root.kind !== 'map' || consumers?.value.kind !== 'map') return root;
  const shared: LocatedMap = { ...root, entries: new Map([...root.entries].filter(([key]) => promises.includes(key))) };
  const entries = new Map<string, LocatedEntry>();
  for (const [name, { key, value }] of consumers.value.entries) entries.set(name, { key, value: merge(shared, value) });
  const value: LocatedMap = { ...consumers.value, entries };
  return { ...root, entries: new Map(root.entries).set('consumers', { key: consumers.key, value }) };
}

function resolveConsumers(
  read: Reader,
  context: Parameters<typeof resolveConsumer>[1],
): readonly [readonly Consumer[] | undefined, readonly Finding[]] {
  const consumers: Consumer[] = [];
  const findings: Finding[] = [];
  for (const name of sortedNames(read, 'consumers')) {
    const [consumer, found] = resolveConsumer(name, context);
    findings.push(...found);
    if (consumer !== undefined) consumers.push(consumer);
  }
  return [findings.length > 0 ? undefined : consumers, findings];
}

function resolveProducer(service: string, read: Reader): Producer {
  return {
    service,
    owner: read.text('owner') ?? unvalidated('owner'),
    outbox: read.flag('outbox') ?? false,
    acks: read.choice('acks', ['all', 'leader', 'none']) ?? 'all',
    onOverload: read.choice('onOverload', ['block', 'drop-newest', 'buffer']) ?? 'block',
    generated: read.flag('generated') ?? true,
    ...present({ buffer: read.size('buffer'), approvedBy: read.text('approvedBy') }),
  };
}

function partitionKeyOf(read: Reader): Contract['partitionKey'] {
  const key = read.in('partitionKey');
  if (key.isMap) return { fields: key.texts('fields'), ...present({ buckets: key.number('buckets') }) };
  const pointer = read.text('partitionKey') ?? unvalidated('partitionKey');
  return pointer === 'none' ? undefined : { fields: [pointer] };
}

function* checkEncoding(
  read: Reader,
  payload: PayloadSchema,
  { root, file, domain, event }: ValidContract,
): Iterable<Finding> {
  if (read.text('encoding') !== 'avro' || payload.kind === 'avro') return;
  const problem = 'The encoding is Avro, but the schema is JSON Schema';
  yield contractFinding(
    'contract/contradiction',
    { problem },
    {
      at: positionOf(find(root, ['encoding']).span),
      contract: `${domain}.${event}`,
      subject: `${file}#encoding`,
      hint: 'Write the schema as `schema: { avro: … }`, or take `encoding` out.',
    },
  );
}

function sourceOf(
  root: Located,
  schema: LocatedEntry,
  { locate }: LoadedPayload,
  workspace: Located | undefined,
): SourceMap {
  const look = (path: FieldPath) => {
    const place = path[0] === 'environments' ? (workspace ?? root) : root;
    const found = path[0] === 'schema' ? { span: schema.key, exact: path.length === 1 } : find(place, path);
    return { at: positionOf(found.span), exact: found.exact };
  };
  return {
    path: root.span.source.path,
    locate: (path) => look(path).at,
    written: (path) => {
      const { at, exact } = look(path);
      return exact ? at : undefined;
    },
    locateSchema: locate,
  };
}

function sortedNames(read: Reader, key: string): string[] {
  return read
    .entries(key)
    .map(([name]) => name)
    .sort();
}
