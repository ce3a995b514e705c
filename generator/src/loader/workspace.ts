import { contractFinding } from '../diagnostics/catalogue.ts';

import type { Finding, Staged } from '../diagnostics/finding.ts';
import type { Team, Workspace } from '../model/contract-set.ts';
import type { Duration } from '../model/units.ts';
import { type Dialect, dialects } from '../schema/index.ts';
import { find, type Located, positionOf } from './located.ts';
import { present, Reader } from './reader.ts';
import type { SourceFiles } from './source-files.ts';
import { teamReference } from './teams.ts';
import { validate } from './validate.ts';

/** What is different in one environment; `local` is built in. */
export interface Environment {
  readonly name: string;
  readonly topicPrefix: string;
  readonly maxPartitions?: number;
  readonly replication?: number;
  readonly minInSync?: number;
  readonly retention?: Duration | 'forever';
}

export interface LoadedWorkspace {
  readonly workspace: Workspace;
  readonly environments: readonly Environment[];
  /** `tenet.yaml` itself, for the places of what it overlays. */
  readonly root: Located;
}

/** `tenet.yaml` */
export function loadWorkspace(files: SourceFiles): Staged<LoadedWorkspace> {
  const [root, findings] = required(
    'tenet.yaml',
    files,
    'Write one: `tenet: 1`, and `package`, the npm name of the generated SDK.',
  );
  if (root === undefined) return [undefined, findings];
  const wrong = validate('workspace', root, { called: 'the workspace', file: 'tenet.yaml' });
  if (wrong.length > 0) return [undefined, [...findings, ...wrong]];
  const read = new Reader(root);
  const docs = read.text('docs');
  const workspace: Workspace = {
    package: read.text('package') ?? '',
    ...(docs === undefined ? {} : { docs }),
    schemaDialect: read.choice<Dialect>('schemaDialect', dialects) ?? '2020-12',
    metrics: read.choice('metrics', ['tenet', 'kafka-exporter', 'kminion']) ?? 'tenet',
  };
  return [{ workspace, environments: environmentsOf(read), root }, [...findings, ...foreignMetrics(root, workspace)]];
}

/** Said until the emitter of alerts reads what other exporters measure: nobody waits for a page that cannot come. */
function* foreignMetrics(root: Located, { metrics }: Workspace): Iterable<Finding> {
  if (metrics === 'tenet') return;
  const where = {
    at: positionOf(find(root, ['metrics']).span),
    subject: 'tenet.yaml#metrics',
    hint: 'Let Prometheus scrape the services themselves, and write `metrics: tenet`, or take the line out.',
  };
  yield contractFinding('contract/not-in-force', { field: 'metrics', value: metrics }, where);
}

function environmentsOf(read: Reader): Environment[] {
  const local: Environment = { name: 'local', topicPrefix: '', replication: 1, minInSync: 1 };
  const written = read.entries('environments').map(([name, overlay]): Environment => {
    const base = name === 'local' ? local : { name, topicPrefix: '' };
    return {
      ...base,
      ...present({
        topicPrefix: overlay.text('topicPrefix'),
        maxPartitions: overlay.number('maxPartitions'),
        replication: overlay.number('replication'),
        minInSync: overlay.number('minInSync'),
        retention: overlay.durationOrForever('retention'),
      }),
    };
  });
  const all = written.some(({ name }) => name === 'local') ? written : [...written, local];
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `owners.yaml` */
export function loadTeams(files: SourceFiles): Staged<ReadonlyMap<string, Team>> {
  const [root, findings] = required('owners.yaml', files, 'Write one: `tenet: 1`, and `teams` by their ids.');
  if (root === undefined) return [undefined, findings];
  const wrong = validate('owners', root, { called: 'the file', file: 'owners.yaml' });
  if (wrong.length > 0) return [undefined, [...findings, ...wrong]];
  const teams = new Map<string, Team>();
  const entries = new Reader(root).entries('teams').sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [id, team] of entries) {
    const git = team.text('git');
    teams.set(id, {
      id,
      name: team.text('name') ?? id,
      contact: team.text('contact') ?? '',
      pager: team.text('pager') ?? '',
      escalation: team.text('escalation') ?? id,
      ...(git === undefined ? {} : { git }),
    });
  }
  const all: Finding[] = [...findings];
  for (const [id, { escalation }] of teams) {
    const at = positionOf(find(root, ['teams', id, 'escalation']).span);
    const subject = `owners.yaml#teams.${id}.escalation`;
    all.push(...teamReference(escalation, `to which \`${id}\` escalates`, teams, { at, subject }));
  }
  all.push(...endlessEscalations(teams, root));
  return [teams, all];
}

/** A chain that nobody ends pages for ever. */
function* endlessEscalations(teams: ReadonlyMap<string, Team>, root: Located): Iterable<Finding> {
  for (const [id] of teams) {
    const met = [id];
    let here = teams.get(id);
    while (here !== undefined && here.escalation !== here.id && !met.includes(here.escalation)) {
      met.push(here.escalation);
      here = teams.get(here.escalation);
    }
    const isSmallestOfCircle =
      here !== undefined && here.escalation === id && met.length > 1 && id === [...met].sort()[0];
    if (!isSmallestOfCircle) continue;
    const problem = `The escalation of ${[...met, id].map((one) => `\`${one}\``).join(' → ')} has no end`;
    const at = positionOf(find(root, ['teams', id, 'escalation']).span);
    const hint = 'A team that escalates to itself ends the chain.';
    yield contractFinding('contract/contradiction', { problem }, { at, subject: `owners.yaml#${id}`, hint });
  }
}

function required(file: string, files: SourceFiles, hint: string): readonly [Located | undefined, readonly Finding[]] {
  const parsed = files.parsed(file);
  if (parsed !== undefined) return [parsed.root, []];
  return [
    undefined,
    [contractFinding('contract/missing-file', { file }, { at: files.top(file), subject: file, hint })],
  ];
}

/** `policies.yaml`, if there is one. Its references are joined where they are used. */
export function checkPolicies(files: SourceFiles): readonly Finding[] {
  const root = files.parsed('policies.yaml')?.root;
  return root === undefined ? [] : validate('policies', root, { called: 'the file', file: 'policies.yaml' });
}
