import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { git } from '../../demo/commands.ts';

/** A workspace in a Git repository of its own, with changes that are not committed. */
export interface BenchWorkspace {
  /** The repository; `contracts/` lies in it. */
  readonly folder: string;
  /** Every file of the workspace, absolute. */
  readonly files: readonly string[];
  remove(): void;
}

/**
 * Contracts of a made-up company: 20 domains, every schema with fields of its own, two or three consumers each. The
 * same numbers make the same bytes.
 */
export function benchWorkspace(contracts: number, changed: number): BenchWorkspace {
  const folder = mkdtempSync(join(tmpdir(), 'tenet-bench-'));
  const files: string[] = [];
  const write = (path: string, text: string): void => {
    const file = join(folder, 'contracts', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    files.push(file);
  };
  write('tenet.yaml', 'tenet: 1\npackage: "@bench/events"\n');
  write('owners.yaml', owners());
  write('policies.yaml', policies);
  for (let index = 0; index < contracts; index += 1) {
    const path = placeOf(index);
    write(`${path}/v1.yaml`, contractText(index));
    write(`${path}/v1.schema.json`, `${JSON.stringify(schemaOf(index), null, 2)}\n`);
  }
  for (const step of [
    ['init', '--quiet'],
    ['add', '.'],
    ['commit', '--quiet', '--message', 'Contracts as they are'],
  ]) {
    const { code, output } = git(step, folder);
    if (code !== 0) throw new Error(`git ${step[0]} failed: ${output}`);
  }
  for (let index = 0; index < changed; index += 1) change(join(folder, 'contracts', placeOf(index)), index);
  return { folder, files, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const teams = ['checkout', 'payments', 'warehouse', 'finance', 'customers', 'data-platform'] as const;

function owners(): string {
  const entries = teams.map(
    (team) => `  ${team}: { name: ${team}, contact: "#${team}", pager: ${team}-oncall, escalation: data-platform }\n`,
  );
  return `tenet: 1\nteams:\n${entries.join('')}`;
}

const policies = `tenet: 1
retry:
  standard: { attempts: 6, within: 10m, backoff: { initial: 200ms, factor: 2, max: 30s, jitter: full } }
backpressure:
  block: { policy: block, maxInFlight: 500 }
`;

const domainOf = (index: number): string => `domain-${index % 20}`;
const eventOf = (index: number): string => `thing-${index}-changed`;
const placeOf = (index: number): string => `${domainOf(index)}/${eventOf(index)}`;
const teamOf = (index: number): string => teams[index % teams.length] ?? teams[0];

function contractText(index: number): string {
  const consumers = Array.from({ length: 2 + (index % 2) }, (_, number) => consumerText(index, number));
  return `tenet: 1
name: ${domainOf(index)}.${eventOf(index)}
version: 1.0.0
title: Thing ${index} changed
description: Something about thing ${index} is not as it was. Published once for each change.
owner: ${teamOf(index)}
intent: async-processing
stakes: { loss: costly, duplicate: costly }
traffic: { average: ${10 + (index % 90)}/s, peak: ${200 + (index % 900)}/s, payload: 1 KiB }
topic: { partitions: 12, retention: ${7 + (index % 7)}d }
schema: { $ref: ./v1.schema.json }
classification:
  /email${index}: personal
partitionKey: /thing${index}Id
ordering: per-key
event: { time: /changedAt, sequence: /revision }

producers:
  service-${index % 50}: { owner: ${teamOf(index)} }

# Promises to every consumer.
delivery: at-least-once
retry: { $ref: ../../policies.yaml#/retry/standard }
deadLetter: { owner: ${teamOf(index)}, investigateWithin: 4h, severity: warning }
backpressure: { $ref: ../../policies.yaml#/backpressure/block }

consumers:
${consumers.join('')}`;
}

function consumerText(index: number, number: number): string {
  return `  reader-${number}:
    owner: ${teamOf(index + number + 1)}
    reads: [/thing${index}Id, /state]
    concurrency: ${8 * (number + 1)}
    lag: { maxAge: 5m, maxMessages: 20000 }
`;
}

function schemaOf(index: number) {
  const optional = Array.from({ length: 4 + (index % 5) }, (_, number) => [
    `field${index}x${number}`,
    { type: 'string', description: `Detail ${number} of thing ${index}.`, maxLength: 20 + ((index + number) % 100) },
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Thing ${index} changed`,
    type: 'object',
    required: [`thing${index}Id`, 'revision', 'changedAt', 'state', 'amount', 'cause'],
    properties: {
      [`thing${index}Id`]: { description: 'Identity of the thing.', type: 'string', minLength: 1, maxLength: 64 },
      revision: { type: 'integer', minimum: 1 },
      changedAt: { type: 'string', format: 'date-time' },
      state: { enum: ['open', 'paid', 'shipped', `special-${index}`] },
      [`email${index}`]: { type: 'string', maxLength: 254 },
      amount: { $ref: '#/$defs/money' },
      cause: {
        oneOf: [
          {
            type: 'object',
            required: ['kind', 'person'],
            properties: { kind: { const: 'person' }, person: { type: 'string', pattern: '^[a-z]{2,20}$' } },
          },
          {
            type: 'object',
            required: ['kind', 'job'],
            properties: { kind: { const: 'job' }, job: { type: 'string', minLength: 1 } },
          },
        ],
      },
      lines: { type: 'array', maxItems: 100, items: { type: 'object', properties: { sku: { type: 'string' } } } },
      express: { type: 'boolean', default: false },
      ...Object.fromEntries(optional),
    },
    $defs: {
      money: {
        type: 'object',
        required: ['minor', 'currency'],
        properties: { minor: { type: 'integer', minimum: 0 }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
      },
    },
  };
}

/** Every second one breaks a consumer or a promise; the others are in order. */
function change(place: string, index: number): void {
  const [contract, schema] = [join(place, 'v1.yaml'), join(place, 'v1.schema.json')];
  const kinds: readonly (readonly [file: string, from: string | RegExp, to: string])[] = [
    [contract, 'investigateWithin: 4h', 'investigateWithin: 8h'],
    [schema, '"express": {', '"note": { "type": "string" },\n    "express": {'],
    [schema, '"maxLength": 64', '"maxLength": 32'],
    [contract, /concurrency: 16/, 'concurrency: 32'],
  ];
  const [file, from, to] = kinds[index % kinds.length] ?? [contract, '', ''];
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  if (index % 2 === 1)
    writeFileSync(contract, readFileSync(contract, 'utf8').replace('version: 1.0.0', 'version: 1.1.0'));
}
