import { type ContractRule, contractFinding, type Parameters } from '../diagnostics/catalogue.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { FieldPath } from '../model/contract.ts';
import type { Team } from '../model/contract-set.ts';
import { contractFile } from '../model/naming.ts';
import { fieldName, find, type Located, positionOf } from './located.ts';
import type { ValidContract } from './parse-contract.ts';
import { Reader } from './reader.ts';
import { teamReference } from './teams.ts';
import { overlayTopic, resolveTopic } from './topics.ts';
import type { Environment } from './workspace.ts';

/** What the meta-schema cannot say of one contract: where it stands, who owns it, whether its fields agree. */
export function* checkContract(
  valid: ValidContract,
  teams: ReadonlyMap<string, Team> | undefined,
  environments: readonly Environment[],
): Iterable<Finding> {
  const report = reporter(valid);
  yield* checkPlace(valid, report);
  if (teams !== undefined) yield* checkTeams(valid, teams);
  yield* checkStatus(valid.root, report);
  yield* checkCopies(valid, environments, report);
}

type Reporter = <R extends ContractRule>(rule: R, parameters: Parameters<R>, path: FieldPath, hint?: string) => Finding;

function reporter({ root, file, domain, event }: ValidContract): Reporter {
  return (rule, parameters, path, hint) =>
    contractFinding(rule, parameters, {
      at: positionOf(find(root, path).span),
      contract: `${domain}.${event}`,
      subject: `${file}#${fieldName(path)}`,
      hint,
    });
}

function* checkPlace({ root, domain, event, major, file }: ValidContract, report: Reporter): Iterable<Finding> {
  const read = new Reader(root);
  const name = read.text('name') ?? '';
  const expected = `${domain}.${event}`;
  const illegal = [domain, event].filter((folder, index) => !isFolderName(folder, index === 0 ? 40 : 80));
  for (const folder of illegal) {
    const rule =
      'a folder is written in lower-case letters, digits and single hyphens, begins with a letter, and has at most 40 characters for a domain, 80 for an event';
    yield report('contract/bad-name', { name: folder, rule }, ['name'], 'Rename the folder.');
  }
  if (illegal.length === 0 && name !== expected) {
    const hint = `Write \`name: ${expected}\`, or move the file to \`${contractFile(...split(name), major)}\`.`;
    yield report('contract/name-mismatch', { name, expected }, ['name'], hint);
  }
  const version = read.text('version') ?? '';
  const written = Number.parseInt(version, 10);
  if (written !== major) {
    const hint =
      written === 0
        ? 'Versions begin at 1.0.0; a contract that is not ready has `status: draft`.'
        : `A breaking change is a new file: \`${contractFile(domain, event, written)}\`.`;
    yield report('contract/version-mismatch', { version, file }, ['version'], hint);
  }
}

/** Short enough that topics made from it, with a consumer and a suffix, stay below Kafka's 249 characters. */
function isFolderName(name: string, longest: number): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= longest;
}

function split(name: string): [domain: string, event: string] {
  const dot = name.indexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}

function* checkTeams(valid: ValidContract, teams: ReadonlyMap<string, Team>): Iterable<Finding> {
  const { root, file, domain, event } = valid;
  for (const { team, role, path } of namedTeams(valid)) {
    const at = positionOf(find(root, path).span);
    yield* teamReference(team, role, teams, {
      at,
      contract: `${domain}.${event}`,
      subject: `${file}#${fieldName(path)}`,
    });
  }
}

interface NamedTeam {
  readonly team: string;
  /** What it is named as. */
  readonly role: string;
  readonly path: FieldPath;
}

/** Promises at the top are looked at once, not again for every consumer that inherits them. */
export function namedTeams({ root }: ValidContract): readonly NamedTeam[] {
  const places: [FieldPath, string][] = [[['owner'], 'owner of the contract']];
  const promises = (path: FieldPath): void => {
    places.push([[...path, 'deadLetter', 'owner'], 'owner of dead letters']);
    places.push([[...path, 'backpressure', 'approvedBy'], 'who approved the loss of events']);
  };
  promises([]);
  const read = new Reader(root);
  for (const [service] of read.entries('producers')) {
    places.push([['producers', service, 'owner'], `owner of the producer \`${service}\``]);
    places.push([['producers', service, 'approvedBy'], 'who approved the loss of events']);
  }
  for (const [consumer] of read.entries('consumers')) {
    places.push([['consumers', consumer, 'owner'], `owner of the consumer \`${consumer}\``]);
    promises(['consumers', consumer]);
  }
  return places.flatMap(([path, role]) => {
    const team = textAt(root, path);
    return team === undefined ? [] : [{ team, role, path }];
  });
}

function textAt(root: Located, path: FieldPath): string | undefined {
  const last = path.at(-1);
  if (last === undefined) return undefined;
  return path
    .slice(0, -1)
    .reduce((reader, step) => reader.in(String(step)), new Reader(root))
    .text(String(last));
}

function* checkStatus(root: Located, report: Reporter): Iterable<Finding> {
  const read = new Reader(root);
  if (read.text('status') === 'deprecated') return;
  for (const field of ['replacedBy', 'removeAfter']) {
    if (!read.has(field)) continue;
    const problem = `\`${field}\` is written, but the contract is not deprecated`;
    yield report('contract/contradiction', { problem }, [field], 'Write `status: deprecated`, or take it out.');
  }
}

/** A topic that asks for more copies in sync than there are can never be written to. */
function* checkCopies(valid: ValidContract, environments: readonly Environment[], report: Reporter): Iterable<Finding> {
  const topic = resolveTopic(new Reader(valid.root).in('topic'), `${valid.domain}.${valid.event}`, valid.major);
  if (topic.minInSync > topic.replication) {
    const problem = `Nothing could be published: minInSync is ${topic.minInSync}, replication ${topic.replication}`;
    yield report(
      'contract/contradiction',
      { problem },
      ['topic', 'minInSync'],
      'minInSync is at most replication, and usually one less.',
    );
    return;
  }
  for (const environment of environments) {
    const { minInSync, replication } = overlayTopic(topic, environment);
    if (minInSync <= replication) continue;
    const problem = `Nothing could be published in the environment \`${environment.name}\`: minInSync is ${minInSync}, replication ${replication}`;
    const hint = `Set both in \`environments.${environment.name}\` of \`tenet.yaml\`.`;
    yield report('contract/contradiction', { problem }, ['topic'], hint);
  }
}
