import type { Contract } from '../../model/contract.ts';
import type { ContractSet } from '../../model/contract-set.ts';
import { affected, field, stood } from '../places.ts';
import { kindsAt } from '../pointers.ts';
import { lengthOf, textOf } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';
import { sameJson } from '../same-schema.ts';

type Shared = readonly [
  path: readonly string[],
  words: (contract: Contract) => string,
  value?: (contract: Contract) => unknown,
];

/** What the members of a stream have in common: where it is written, its value in words, and what is compared. */
const shared: readonly Shared[] = [
  [['partitionKey'], keyOf],
  [['ordering'], ({ ordering }) => ordering],
  [['encoding'], ({ encoding }) => encoding],
  [['topic', 'partitions'], ({ topic }) => `${topic.partitions}`],
  [['topic', 'replication'], ({ topic }) => `${topic.replication}`],
  [['topic', 'minInSync'], ({ topic }) => `${topic.minInSync}`],
  [['topic', 'retention'], ({ topic }) => textOf(topic.retention), ({ topic }) => lengthOf(topic.retention)],
  [['topic', 'cleanup'], ({ topic }) => topic.cleanup],
  [['topic', 'maxMessage'], ({ topic }) => topic.maxMessage.text, ({ topic }) => topic.maxMessage.bytes],
];

export const streamDisagrees: DesignRule = {
  id: 'design/stream-disagrees',
  severity: 'error',
  summary: 'Contracts that share a topic agree on its key, order, encoding and settings.',
  why: 'Events of one topic share partitions: if one contract keys them by order and another by customer, the events of one order are spread and nothing keeps them in sequence. A topic has one retention, whatever two files say.',
  *check(contract, set) {
    const first = firstOf(set).get(contract.topic.name);
    if (!first || first === contract) return;
    for (const [path, words, value = words] of shared) {
      if (sameJson(value(contract), value(first))) continue;
      const [mine, theirs] = [words(contract), words(first)];
      yield {
        ...field(contract, path),
        against: stood(first, path, `${first.name} says ${theirs}`),
        message: `\`${path.join('.')}\` is ${mine} here and ${theirs} in ${first.name}, and both publish to \`${contract.topic.name}\`.`,
        whoPays: 'every consumer of the stream',
        consumers: affected(contract),
        hint: 'make them agree, or give each a topic of its own',
      };
    }
  },
};

const firsts = new WeakMap<ContractSet, ReadonlyMap<string, Contract>>();

/** The first contract of each topic. */
function firstOf(set: ContractSet): ReadonlyMap<string, Contract> {
  const known = firsts.get(set);
  if (known !== undefined) return known;
  const found = new Map<string, Contract>();
  for (const contract of set.contracts) if (!found.has(contract.topic.name)) found.set(contract.topic.name, contract);
  firsts.set(set, found);
  return found;
}

/** Fields, with the kinds of value that give the key its bytes. */
function keyOf(contract: Contract): string {
  const { partitionKey: key } = contract;
  if (!key) return 'none';
  const fields = key.fields.map((pointer) => `${pointer} (${kindsAt(contract, pointer) ?? 'not declared'})`);
  return `${fields.join(' + ')}${key.buckets === undefined ? '' : ` in ${key.buckets} buckets`}`;
}
