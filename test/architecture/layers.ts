/**
 * Which folder may import which, and why not the rest. The table is the house of docs/ARCHITECTURE.md in a form that
 * a test can hold: project references alone do not stop a forbidden import between hoisted workspaces.
 */
export interface Layer {
  /** Folder from the repository's root; the longest match wins. A file is a layer of its own where it is named. */
  readonly path: string;
  /** Layers that it may import beside itself. */
  readonly may: readonly string[];
  /** npm packages that it may import; `node:` is always allowed where `pure` is not set. */
  readonly packages?: readonly string[];
  /** Not even `node:`: the code runs the same everywhere and touches nothing. */
  readonly pure?: true;
  /** Why everything else is banned. */
  readonly because: string;
}

const g = (name: string) => `generator/src/${name}`;
const r = (name: string) => `runtime/src/${name}`;

export const layers: readonly Layer[] = [
  {
    path: g('diagnostics'),
    may: [],
    because: 'a finding is the one thing that every stage returns, so it can depend on none of them',
  },
  {
    path: g('schema'),
    may: [],
    packages: ['ajv', 'ajv-draft-04', 'ajv-formats', 'avsc', 'refa', '@eslint-community/regexpp'],
    because: 'the schema engine is a library of its own: it must be usable, and provable, without a contract',
  },
  {
    path: g('model'),
    may: [g('diagnostics'), g('schema')],
    pure: true,
    because: 'the model is what rules and emitters trust: types and pure functions, no way to read a file',
  },
  {
    path: g('loader'),
    may: [g('model'), g('schema'), g('diagnostics')],
    packages: ['yaml', 'ajv', 'ajv-formats', '@apidevtools/json-schema-ref-parser'],
    because: 'the loader is the only place that handles unvalidated input; rules and templates must not leak into it',
  },
  {
    path: g('baseline'),
    may: [g('model'), g('diagnostics')],
    packages: ['tar', 'yauzl'],
    because: 'a baseline is a file tree and nothing more: the same loader reads it as reads the working tree',
  },
  {
    path: g('checker'),
    may: [g('model'), g('schema'), g('diagnostics')],
    because: 'rules read resolved contracts: a rule that parses YAML or renders text cannot be tested by values',
  },
  {
    path: g('output'),
    may: [g('model'), g('diagnostics')],
    because: 'writing files knows nothing of what is in them',
  },
  {
    path: g('emitters'),
    may: [g('model'), g('schema'), g('diagnostics'), g('output/output-file.ts'), r('metric-names.ts'), r('sql.ts')],
    packages: ['ts-morph', 'handlebars', 'yaml'],
    because:
      'emitters are pure functions of the contracts; of the runtime they may see two leaves, so that no alert names a missing metric and SQL has one home',
  },
  {
    path: g('cli'),
    may: [
      g('loader'),
      g('baseline'),
      g('checker'),
      g('emitters'),
      g('output'),
      g('schema'),
      g('model'),
      g('diagnostics'),
    ],
    packages: ['commander'],
    because: 'the composition root: everything meets here and nothing imports it',
  },
  { path: r('errors.ts'), may: [], pure: true, because: 'every layer throws these, so they depend on nothing' },
  { path: r('clock.ts'), may: [], pure: true, because: 'time is handed in, so that tests can turn it' },
  { path: r('incident.ts'), may: [], pure: true, because: 'what is reported depends on nobody who reports it' },
  { path: r('metric-names.ts'), may: [], pure: true, because: 'a leaf that the generator may import' },
  {
    path: r('sql.ts'),
    may: [r('inbox/sql'), r('line/sql')],
    pure: true,
    because: 'a leaf that the generator may import',
  },
  { path: r('inbox/sql'), may: [], pure: true, because: 'SQL as text: whoever reads it must not open a database' },
  { path: r('line/sql'), may: [r('inbox/sql')], pure: true, because: 'as the inbox, beside which it is applied' },
  {
    path: r('validation'),
    may: [],
    pure: true,
    because: 'generated validators call it for every record, in any environment',
  },
  {
    path: r('contract.ts'),
    may: [r('validation')],
    pure: true,
    because: 'the data that generated code hands over must not pull the runtime in',
  },
  {
    path: r('environment.ts'),
    may: [r('contract.ts')],
    pure: true,
    because: 'an overlay is arithmetic over contract data',
  },
  {
    path: r('quantity-text.ts'),
    may: [],
    pure: true,
    because: 'numbers in the words of the contract format; whoever speaks to people may use them',
  },
  {
    path: r('envelope'),
    may: [r('contract.ts'), r('validation'), r('errors.ts')],
    because: 'bytes and headers are the same over every broker, so no broker may be seen from here',
  },
  {
    path: r('telemetry'),
    may: [r('metric-names.ts')],
    pure: true,
    because: 'a port: an exporter must be able to stand in for it without the core',
  },
  {
    path: r('broker/broker.ts'),
    may: [],
    pure: true,
    because: 'the driver port: whatever it imported, every adapter would have to bring',
  },
  {
    path: r('inbox/inbox.ts'),
    may: [],
    pure: true,
    because: 'the inbox port: whatever it imported, every store would have to bring',
  },
  {
    path: r('line/line.ts'),
    may: [r('broker/broker.ts'), r('dead-letter/evidence.ts'), r('inbox/inbox.ts')],
    pure: true,
    because: 'the line port: a row is a record, a death and an owner, and nothing of who parks it',
  },
  {
    path: r('store.ts'),
    may: [r('inbox/inbox.ts'), r('line/line.ts')],
    pure: true,
    because: 'the ports of a store, put together',
  },
  {
    path: r('line'),
    may: [r('broker/broker.ts'), r('clock.ts'), r('dead-letter/evidence.ts'), r('inbox')],
    because: 'the part of a store that parks: it stands on the transactions and epochs of the inbox beside it',
  },
  {
    path: r('broker/kafka'),
    may: [r('broker/broker.ts'), r('envelope')],
    because: 'one member of a group and one fetcher for every client of Kafka: a client is seen as requests only',
  },
  {
    path: r('broker/kafkajs'),
    may: [r('broker/broker.ts'), r('broker/kafka')],
    packages: ['kafkajs'],
    because: 'an adapter translates its port; the moment it knows the core, there are two cores',
  },
  {
    path: r('broker/platformatic'),
    may: [r('broker/broker.ts'), r('broker/kafka')],
    packages: ['@platformatic/kafka'],
    because: 'as kafkajs; and who uses the one must not have to install the other',
  },
  {
    path: r('broker'),
    may: [r('clock.ts'), r('envelope')],
    because: 'the broker in memory is an adapter too; it needs time and the partitioner, and nothing of the core',
  },
  {
    path: r('inbox'),
    may: [r('clock.ts'), r('line'), r('store.ts')],
    packages: ['pg'],
    because: 'a store translates its port; claims and fences must not depend on who calls them',
  },
  {
    path: r('retry'),
    may: [r('broker/broker.ts'), r('clock.ts'), r('contract.ts')],
    pure: true,
    because: 'budgets and backoff are arithmetic over a policy; sending again needs the port only',
  },
  {
    path: r('dead-letter'),
    may: [r('broker/broker.ts'), r('contract.ts'), r('envelope'), r('retry')],
    because: 'evidence is made of a record and a failure; it must not know how the consumer got there',
  },
  {
    path: r('loss'),
    may: [r('broker/broker.ts'), r('clock.ts'), r('contract.ts'), r('retry')],
    because: 'the account of what was lost is read by strangers too: it must not know the consumer that writes it',
  },
  {
    path: r('producer'),
    may: [
      r('broker/broker.ts'),
      r('clock.ts'),
      r('contract.ts'),
      r('envelope'),
      r('errors.ts'),
      r('retry'),
      r('telemetry'),
    ],
    because: 'publishing and consuming meet only in a service',
  },
  {
    path: r('consumer'),
    may: [
      r('broker/broker.ts'),
      r('inbox/inbox.ts'),
      r('line/line.ts'),
      r('line/key-hash.ts'),
      r('store.ts'),
      r('clock.ts'),
      r('contract.ts'),
      r('dead-letter'),
      r('envelope'),
      r('errors.ts'),
      r('incident.ts'),
      r('loss'),
      r('quantity-text.ts'),
      r('retry'),
      r('telemetry'),
    ],
    because: 'the core sees ports, never an adapter: what is proved in memory must hold on Kafka',
  },
  {
    path: r('refusals.ts'),
    may: [r('broker/broker.ts'), r('contract.ts'), r('store.ts')],
    pure: true,
    because: 'what is refused at start is decided from contract and features alone, before anything runs',
  },
  {
    path: r('stream-refusals.ts'),
    may: [r('contract.ts'), r('refusals.ts')],
    pure: true,
    because: 'whether contracts make one consumer is decided from the contracts alone',
  },
  {
    path: r('start-report.ts'),
    may: [r('broker/broker.ts'), r('contract.ts'), r('quantity-text.ts')],
    pure: true,
    because: 'what is promised at start is said from contract and features alone',
  },
  {
    path: r('runtime.ts'),
    may: [
      r('broker/broker.ts'),
      r('store.ts'),
      r('clock.ts'),
      r('consumer'),
      r('contract.ts'),
      r('dead-letter'),
      r('environment.ts'),
      r('errors.ts'),
      r('incident.ts'),
      r('loss'),
      r('producer'),
      r('refusals.ts'),
      r('retry'),
      r('start-report.ts'),
      r('stream-refusals.ts'),
      r('telemetry'),
    ],
    because: 'the composition root of a service takes its broker and its store from outside',
  },
  {
    path: r('index.ts'),
    may: [
      r('consumer'),
      r('contract.ts'),
      r('envelope'),
      r('errors.ts'),
      r('incident.ts'),
      r('line/line.ts'),
      r('loss'),
      r('producer'),
      r('runtime.ts'),
      r('start-report.ts'),
      r('store.ts'),
      r('telemetry'),
    ],
    pure: true,
    because: 'importing the runtime must not load a driver: adapters are reached by subpath',
  },
  {
    path: r('memory.ts'),
    may: [r('broker'), r('inbox')],
    pure: true,
    because: 'a subpath that lists what is in memory and nothing else',
  },
  {
    path: r('testing.ts'),
    may: [
      r('broker'),
      r('inbox'),
      r('contract.ts'),
      r('incident.ts'),
      r('loss'),
      r('refusals.ts'),
      r('runtime.ts'),
      r('store.ts'),
      r('telemetry'),
    ],
    pure: true,
    because: 'what tests use is built on what services use, with adapters in memory',
  },
];

/** Packages that production code of a workspace may import at all; the rest of it is checked by `layers`. */
export const workspacePackages: Readonly<
  Record<string, { readonly may: readonly string[]; readonly because: string }>
> = {
  runtime: {
    may: ['@platformatic/kafka', 'kafkajs', 'pg'],
    because: 'the runtime is what services carry: it depends on nothing of ours, and on drivers only in their adapters',
  },
  generated: {
    may: ['@tenet/runtime'],
    because: 'generated code calls the runtime and nothing else, so that a service can read what it runs',
  },
  generator: {
    may: [
      '@tenet/runtime',
      '@apidevtools/json-schema-ref-parser',
      '@eslint-community/regexpp',
      'ajv',
      'ajv-draft-04',
      'ajv-formats',
      'avsc',
      'commander',
      'handlebars',
      'refa',
      'tar',
      'ts-morph',
      'yaml',
      'yauzl',
    ],
    because: 'a new dependency of the compiler is a decision that a reviewer should see in this table',
  },
};

/** Files that alone may import a package: an adapter, or the place that wraps a library. */
export const confined: readonly {
  readonly package: string;
  readonly to: readonly string[];
  readonly because: string;
}[] = [
  {
    package: 'kafkajs',
    to: [r('broker/kafkajs')],
    because: 'its traps are countered in one place, and it can be replaced there',
  },
  { package: '@platformatic/kafka', to: [r('broker/platformatic')], because: 'as kafkajs' },
  { package: 'pg', to: [r('inbox/postgres')], because: 'the core sees the inbox port; another store is another file' },
  {
    package: '@apidevtools/json-schema-ref-parser',
    to: [g('loader')],
    because: 'the one place where `$ref` reads files, confined to the contracts root',
  },
  {
    package: 'tar',
    to: [g('baseline/archive')],
    because: 'archives are foreign input, read in memory and within bounds: nothing is ever unpacked to the disk',
  },
  { package: 'yauzl', to: [g('baseline/archive')], because: 'as tar' },
  { package: 'ts-morph', to: [g('emitters/sdk')], because: 'it is slow to load; check must never pay for it' },
  {
    package: 'avsc',
    to: [g('schema/avro')],
    because: 'it judges what the engine says of Avro; nothing else may lean on it',
  },
  { package: 'handlebars', to: [g('emitters')], because: 'templates belong to outputs' },
  { package: 'commander', to: [g('cli')], because: 'the command line is a shell around functions' },
];
