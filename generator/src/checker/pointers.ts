import type { Position } from '../diagnostics/finding.ts';
import type { Consumer, Contract, FieldPath } from '../model/contract.ts';
import { payloadShape } from './payload-shape.ts';
import { field, promiseOf } from './places.ts';
import { listed } from './quantities.ts';
import { admits, askSchema } from './schema-pointer.ts';

/** A path into the payload that the contract relies on. */
export interface ReliedPointer {
  readonly pointer: string;
  readonly role: string;
  readonly at: Position;
  readonly subject: string;
  /** Who suffers when it has no value. */
  readonly consumers: readonly Consumer[];
  /** Must every event have a value there? */
  readonly needed: boolean;
}

/** All of them but `reads`, which are wishes of one consumer and judged by a rule of their own. */
export function* pointersOf(contract: Contract): Iterable<ReliedPointer> {
  const everybody = contract.consumers;
  const key = contract.partitionKey?.fields ?? [];
  for (const [index, pointer] of key.entries()) {
    yield {
      pointer,
      role: 'partition key',
      ...field(contract, keyPath(contract, index)),
      consumers: everybody,
      needed: true,
    };
  }
  for (const name of ['id', 'time', 'sequence'] as const) {
    const pointer = contract.attributes[name];
    if (pointer === undefined) continue;
    yield { pointer, role: `event ${name}`, ...field(contract, ['event', name]), consumers: everybody, needed: true };
  }
  for (const consumer of contract.consumers) {
    for (const [index, pointer] of (consumer.idempotency?.key ?? []).entries()) {
      const place = promiseOf(contract, consumer, ['idempotency', 'key', index]);
      yield { pointer, role: 'idempotency key', ...place, consumers: [consumer], needed: true };
    }
  }
  for (const { pointer } of contract.classification) {
    const place = field(contract, ['classification', pointer]);
    yield { pointer, role: 'classification', ...place, consumers: everybody, needed: false };
  }
}

/** A key is one pointer, or a list of them under `fields`. */
export function keyPath(contract: Contract, index: number): FieldPath {
  const listed: FieldPath = ['partitionKey', 'fields', index];
  return contract.source.written(listed) ? listed : ['partitionKey'];
}

const kinds = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;
const names: Record<(typeof kinds)[number], string> = {
  null: 'null',
  boolean: 'booleans',
  number: 'numbers',
  string: 'strings',
  array: 'arrays',
  object: 'objects',
};

/** The kinds of value that a field may have, as a sentence says them; undefined for what is not declared. */
export function kindsAt(contract: Contract, pointer: string): string | undefined {
  const answer = askSchema(payloadShape(contract), pointer);
  if (!answer.declared) return undefined;
  return listed(kinds.filter((kind) => admits(answer.node, kind)).map((kind) => names[kind]));
}
