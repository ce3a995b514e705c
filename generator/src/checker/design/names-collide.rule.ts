import type { Contract } from '../../model/contract.ts';
import { field, stood, subjectOf } from '../places.ts';
import type { DesignRule, Report } from '../rule.ts';

/** A name outside the contract that must be somebody's alone. */
interface Claim {
  readonly kind: string;
  readonly name: string;
  readonly path: readonly string[];
}

export const namesCollide: DesignRule = {
  id: 'design/names-collide',
  severity: 'error',
  summary: 'No two things of the workspace become the same topic, group, dead letter or identifier.',
  why: 'Kafka’s metrics cannot tell `a.b` from `a_b`; two consumers in one group steal each other’s partitions; two dead letters in one topic have two owners and so none. Names are compared as the outside world sees them.',
  *check(contract, set) {
    const mine = [...claimsOf(contract)];
    for (const [index, claim] of mine.entries()) {
      const earlier = mine.slice(0, index).find((other) => clash(claim, other));
      if (earlier) yield report(contract, claim, contract, earlier);
    }
    for (const other of set.contracts) {
      if (other === contract) break;
      for (const claim of mine) {
        const theirs = [...claimsOf(other)].find((candidate) => clash(claim, candidate));
        if (!theirs || isStream(contract, other, claim)) continue;
        yield report(contract, claim, other, theirs);
      }
    }
  },
};

function* claimsOf(contract: Contract): Iterable<Claim> {
  yield { kind: 'topic', name: contract.topic.name, path: ['topic', 'name'] };
  const exported = `${contract.domain}/${camel(contract.event)}${contract.major === 1 ? '' : `V${contract.major}`}`;
  yield { kind: 'identifier', name: exported, path: ['name'] };
  for (const consumer of contract.consumers) {
    yield { kind: 'consumer group', name: consumer.group, path: ['consumers', consumer.name, 'group'] };
    yield { kind: 'identifier', name: `${exported}.${camel(consumer.name)}`, path: ['consumers', consumer.name] };
    if (consumer.deadLetter) {
      yield {
        kind: 'topic',
        name: consumer.deadLetter.topic,
        path: ['consumers', consumer.name, 'deadLetter', 'topic'],
      };
    }
  }
}

function clash(a: Claim, b: Claim): boolean {
  return a.kind === b.kind && outside(a) === outside(b);
}

/** Kafka folds `.` and `_` together in metric names; identifiers and groups are compared as they are. */
function outside({ kind, name }: Claim): string {
  return kind === 'topic' ? name.replaceAll('_', '.') : name;
}

/** Contracts that name the same topic form a stream on purpose, and a consumer named in several is one group. */
function isStream(a: Contract, b: Contract, claim: Claim): boolean {
  return a.topic.name === b.topic.name && claim.kind !== 'identifier';
}

function report(contract: Contract, claim: Claim, other: Contract, theirs: Claim): Report {
  return {
    ...field(contract, claim.path),
    subject: `${subjectOf(claim.path)}:${claim.kind}`,
    against: stood(other, theirs.path, `${other.name}@${other.major} says \`${theirs.name}\``),
    message: `The ${claim.kind} \`${claim.name}\` is taken: ${other === contract ? 'this contract' : `${other.name}@${other.major}`} uses \`${theirs.name}\` already.`,
    whoPays: 'both teams: neither can tell whose events, alerts or dead letters these are',
    hint: 'rename one of the two',
  };
}

function camel(kebab: string): string {
  return kebab.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
