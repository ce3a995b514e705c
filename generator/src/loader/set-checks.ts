import { contractFinding } from '../diagnostics/catalogue.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { Contract, FieldPath } from '../model/contract.ts';
import {
  catalogueName,
  consumerProperty,
  consumerTopicNames,
  eventIdentifier,
  eventTypeName,
  pathSegment,
} from '../model/naming.ts';
import { fieldName } from './located.ts';

/** What only all contracts together can show. */
export function* checkSet(contracts: readonly Contract[]): Iterable<Finding> {
  yield* checkSuccessors(contracts);
  yield* checkCollisions(contracts);
}

function* checkSuccessors(contracts: readonly Contract[]): Iterable<Finding> {
  const known = new Set(contracts.map(({ name, major }) => `${name}@${major}`));
  for (const contract of contracts) {
    const { replacedBy } = contract;
    if (replacedBy === undefined || known.has(replacedBy)) continue;
    const role = `which replaces \`${contract.name}\``;
    yield contractFinding(
      'contract/unknown-contract',
      { contract: replacedBy, role },
      {
        at: contract.source.locate(['replacedBy']),
        contract: contract.name,
        subject: 'replacedBy',
        hint: didYouMean(replacedBy, known),
      },
    );
  }
}

interface Claim {
  /** What must be unique: names of one space may not be equal. */
  readonly space: string;
  readonly name: string;
  /** Who claims it; one claimant may claim a name twice. */
  readonly claimant: string;
  readonly what: string;
  readonly path: FieldPath;
}

/** Reserved by the layout of the workspace or of the SDK. */
const reservedDomains: readonly string[] = ['schema', 'exceptions', 'testing', 'internal', 'index'];

function* checkCollisions(contracts: readonly Contract[]): Iterable<Finding> {
  const taken = new Map<string, Claim & { readonly contract: Contract }>();
  for (const contract of contracts) {
    if (reservedDomains.includes(contract.domain)) {
      const parameters = { what: 'The domain', name: contract.domain, other: 'a part of every workspace' };
      const at = contract.source.locate(['name']);
      yield contractFinding('contract/name-collision', parameters, { at, contract: contract.name, subject: 'domain' });
    }
    for (const claim of claimsOf(contract)) {
      const key = `${claim.space} ${claim.name}`;
      const other = taken.get(key);
      if (other === undefined) taken.set(key, { ...claim, contract });
      else if (other.claimant !== claim.claimant) {
        const where = other.contract.source.locate(other.path);
        yield contractFinding(
          'contract/name-collision',
          { what: claim.what, name: claim.name, other: `${other.claimant} (${where.path}:${where.line})` },
          {
            at: contract.source.locate(claim.path),
            contract: contract.name,
            subject: `${claim.space}#${fieldName(claim.path)}`,
            hint: 'Rename one of them.',
          },
        );
      }
    }
  }
}

function* claimsOf(contract: Contract): Iterable<Claim> {
  const { name, domain, event, major, topic } = contract;
  const self = `\`${name}@${major}\``;
  const claim = (space: string, what: string, claimed: string, claimant = self, path: FieldPath = ['name']): Claim => ({
    space,
    what,
    name: claimed,
    claimant,
    path,
  });
  yield claim(`export ${domain}`, 'The export of the SDK', eventIdentifier(event, major));
  yield claim(`export ${domain}`, 'The type of the SDK', eventTypeName(event, major));
  yield claim(`file ${pathSegment(domain)}/${pathSegment(event)}`, 'The file of the SDK', `v${major}`);
  yield claim('catalogue', 'The entity of the catalogue', catalogueName(name, major));
  // A stream: contracts may share a topic. Topics of consumers may not be called like one.
  yield claim('topic', 'The topic', topic.name, `the topic \`${topic.name}\``, ['topic', 'name']);
  for (const { name: consumer, group, deadLetter } of contract.consumers) {
    const path = ['consumers', consumer];
    // In a stream a consumer of one name is one group.
    const claimant = `the consumer \`${consumer}\` of the topic \`${topic.name}\``;
    yield claim(`property ${name}@${major}`, 'The property of the SDK', consumerProperty(consumer), claimant, path);
    yield claim('group', 'The consumer group', group, claimant, [...path, 'group']);
    if (deadLetter !== undefined) {
      yield claim('topic', 'The dead-letter topic', deadLetter.topic, claimant, [...path, 'deadLetter', 'topic']);
    }
    for (const own of consumerTopicNames(topic.name, consumer)) {
      yield claim('topic', 'A topic of the consumer', own, claimant, path);
    }
  }
}
