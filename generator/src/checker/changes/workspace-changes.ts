import type { Finding } from '../../diagnostics/finding.ts';
import { fingerprint } from '../../diagnostics/fingerprint.ts';
import type { Contract } from '../../model/contract.ts';
import type { ContractSet, Team } from '../../model/contract-set.ts';
import { contractId } from '../../model/naming.ts';
import { listed } from '../quantities.ts';
import type { BothSets } from '../rule.ts';
import { type FieldWords, words } from './field-words.ts';

/** Something that changed in `tenet.yaml` or `owners.yaml`, in words. */
export interface WorkspaceChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** `/teams/checkout/pager` */
  readonly subject: string;
  readonly text: string;
  /** The rule that looks at it, where one does. */
  readonly rule?: string;
}

/** `only`: ids of the contracts that are asked about; then teams that have nothing to do with them are left out. */
export function workspaceChanges(
  sets: BothSets,
  findings: readonly Finding[],
  only?: ReadonlySet<string>,
): readonly WorkspaceChange[] {
  const changes = [...settingChanges(sets), ...environmentChanges(sets), ...teamChanges(sets, only)];
  return changes.map((change) => {
    const found = findings.find(
      (finding) => finding.fingerprint === fingerprint({ rule: finding.rule, subject: change.subject }),
    );
    return found ? { ...change, rule: found.rule } : change;
  });
}

const settingWords: readonly FieldWords<ContractSet>[] = [
  words(
    ['package'],
    ({ workspace }) => workspace.package,
    (was, is) => `the SDK is the package \`${is}\` instead of \`${was}\`: every import changes`,
  ),
  words(
    ['docs'],
    ({ workspace }) => workspace.docs ?? 'nowhere',
    (was, is) => `the pages are at ${is} instead of ${was}`,
  ),
  words(
    ['schemaDialect'],
    ({ workspace }) => workspace.schemaDialect,
    (was, is) => `payload schemas that name no dialect are read as ${is} instead of ${was}`,
  ),
  words(
    ['metrics'],
    ({ workspace }) => workspace.metrics,
    (was, is) => `alerts read the metrics of ${is} instead of ${was}`,
  ),
];

function settingChanges({ before, after }: BothSets): readonly WorkspaceChange[] {
  // Without any contract before there was no workspace to speak of.
  if (before.contracts.length === 0) return [];
  return settingWords
    .flatMap((setting) => setting.moves(before, after))
    .map(({ kind, path, text }) => ({ kind, subject: `/${path.join('/')}`, text }));
}

/** Every contract has all environments, so that the first tells which there are. */
function environmentChanges({ before, after }: BothSets): readonly WorkspaceChange[] {
  if (before.contracts.length === 0 || after.contracts.length === 0) return [];
  const [old, now] = [before, after].map(({ contracts }) => contracts[0]?.environments.map(({ name }) => name) ?? []);
  const changes = (kind: 'added' | 'removed', names: readonly string[] = [], others: readonly string[] = []) =>
    names
      .filter((name) => !others.includes(name))
      .map((name) => ({
        kind,
        subject: `/environments/${name}`,
        text:
          kind === 'added'
            ? `environment \`${name}\`: services can run in it`
            : `environment \`${name}\`: services that run in it no longer start`,
      }));
  return [...changes('added', now, old), ...changes('removed', old, now)];
}

const teamWords: readonly FieldWords<Team>[] = [
  words(
    ['name'],
    ({ name }) => name,
    (was, is) => `is named “${is}” instead of “${was}”`,
  ),
  words(
    ['contact'],
    ({ contact }) => contact,
    (was, is) => `is reached at ${is} instead of ${was}`,
  ),
  words(
    ['pager'],
    ({ pager }) => pager,
    (was, is) => `is called at ${is} instead of ${was}`,
  ),
  words(
    ['escalation'],
    ({ escalation }) => escalation,
    (was, is) => `hands what it cannot settle to ${is} instead of ${was}`,
  ),
  words(
    ['git'],
    ({ git }) => git ?? 'nobody',
    (was, is) => `approves as ${is} instead of ${was}`,
  ),
];

function* teamChanges({ before, after }: BothSets, only?: ReadonlySet<string>): Iterable<WorkspaceChange> {
  if (before.contracts.length === 0) return;
  for (const [id, team] of after.teams) {
    const duties = dutiesOf(id, after, only);
    if (only && duties === undefined) continue;
    const old = before.teams.get(id);
    const about = duties === undefined ? '' : `: ${duties}`;
    if (!old) {
      const text = `team ${id} (“${team.name}”), called at ${team.pager}, reached at ${team.contact}${about}`;
      yield { kind: 'added', subject: `/teams/${id}`, text };
      continue;
    }
    for (const { kind, path, text } of teamWords.flatMap((each) => each.moves(old, team)))
      yield { kind, subject: `/teams/${id}/${path.join('/')}`, text: `${id} ${text}${about}` };
  }
  for (const id of before.teams.keys())
    if (!after.teams.has(id) && (!only || dutiesOf(id, before, only) !== undefined))
      yield { kind: 'removed', subject: `/teams/${id}`, text: `team ${id}` };
}

/** What a team answers for, as far as a line goes: `owns and reads orders.order-placed, publishes … and 3 more`. */
function dutiesOf(team: string, { contracts }: ContractSet, only?: ReadonlySet<string>): string | undefined {
  const asked = contracts.filter((contract) => only?.has(contractId(contract)) ?? true);
  const duties: readonly (readonly [verb: string, on: (contract: Contract) => boolean])[] = [
    ['owns', ({ owner }) => owner === team],
    ['publishes', ({ producers }) => producers.some(({ owner }) => owner === team)],
    ['reads', ({ consumers }) => consumers.some(({ owner }) => owner === team)],
    ['looks into dead letters of', ({ consumers }) => consumers.some(({ deadLetter }) => deadLetter?.owner === team)],
  ];
  const named = duties.flatMap(([verb, on]) => {
    const [first, ...others] = [...new Set(asked.filter(on).map(({ name }) => name))];
    return first === undefined
      ? []
      : [{ verb, what: `${first}${others.length > 0 ? ` and ${others.length} more` : ''}` }];
  });
  if (named.length === 0) return undefined;
  const byWhat = Map.groupBy(named, ({ what }) => what);
  return [...byWhat].map(([what, group]) => `${listed(group.map(({ verb }) => verb))} ${what}`).join(', ');
}
