import { type Change, either, finds, harmless, move, row } from './every-change.ts';

const words = harmless('text for people and links: it changes nothing that runs');

/** Every field of `workspace.schema.json`. */
export const workspaceChanges: readonly Change[] = [
  row('package', either('@acme/events', '@acme/promises', finds('promise/package-renamed'))),
  row('docs', either('https://docs.example.org', 'https://pages.example.org', words)),
  row('schemaDialect', move('2020-12', 'draft-07', finds('payload/type-widened'), finds('payload/type-changed'))),
  row(
    'metrics',
    either(
      'metrics: tenet',
      'metrics: kminion',
      harmless('where alerts take lag from: what they watch stays the same'),
    ),
  ),
  row(
    'environments.*',
    move(
      '  test: { topicPrefix: test. }\n',
      '',
      finds('promise/environment-removed'),
      harmless('nothing runs yet in an environment that is added'),
    ),
  ),
  row('environments.*.topicPrefix', either('topicPrefix: s.', 'topicPrefix: t.', finds('promise/topic-renamed'))),
  row(
    'environments.*.maxPartitions',
    either('maxPartitions: 6', 'maxPartitions: 3', finds('promise/partition-count-changed')),
  ),
  row(
    'environments.*.replication',
    move('replication: 3', 'replication: 2', finds('promise/replication-lowered'), harmless('more copies lose less')),
  ),
  row(
    'environments.*.minInSync',
    move('minInSync: 2', 'minInSync: 1', finds('promise/replication-lowered'), harmless('more copies lose less')),
  ),
  row(
    'environments.*.retention',
    move(
      'retention: 7d',
      'retention: 1d',
      finds('promise/retention-shortened'),
      harmless('what is kept longer can still be ignored'),
    ),
  ),
];

/** Every field of `owners.schema.json`. */
export const ownerChanges: readonly Change[] = [
  row(
    'teams.*',
    either(
      '  payments: { name: Payments, contact: c, pager: p, escalation: checkout }\n',
      '',
      harmless('nobody names the team: one that is named and gone is an error of the loader'),
    ),
  ),
  row('teams.*.name', either('name: Warehouse', 'name: The warehouse', words)),
  row('teams.*.contact', either('contact: wares', 'contact: warehouse', words)),
  row('teams.*.pager', either('pager: night', 'pager: day', finds('promise/team-rerouted'))),
  row(
    'teams.*.escalation',
    either('pager: night, escalation: checkout', 'pager: night, escalation: warehouse', finds('promise/team-rerouted')),
  ),
  row('teams.*.git', either('@acme/warehouse', '@acme/stock', finds('promise/team-rerouted'))),
];

const permits = harmless('the permission names a finding that is there');

/** Every field of `exceptions.schema.json`, in an entry that permits a design finding of both versions. */
export const exceptionChanges: readonly Change[] = [
  row(
    'exceptions.*',
    move(
      '  - { rule: design/caller-waits, contract: orders.asked, path: /traffic, reason: A pilot., expires: 2027-01-31 }\n',
      '  []\n',
      finds('design/caller-waits'),
      permits,
    ),
  ),
  row('exceptions.*.rule', move('design/caller-waits', 'design/low-volume', finds('exception/unused'), permits)),
  row('exceptions.*.contract', move('orders.asked', 'orders.order-placed', finds('exception/unused'), permits)),
  row('exceptions.*.path', move('path: /traffic,', 'path: /topic,', finds('exception/unused'), permits)),
  row(
    'exceptions.*.fingerprint',
    move('path: /traffic,', 'fingerprint: "000000000000",', finds('exception/unused'), permits),
  ),
  row('exceptions.*.reason', either('A pilot.', 'A trial.', words)),
  row(
    'exceptions.*.expires',
    move(
      '2027-01-31',
      '2027-02-28',
      finds('exception/extended'),
      harmless('a permission that ends earlier permits less'),
    ),
  ),
];
