import { expect, test } from 'vitest';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import { memoryTree, workspace } from './memory-tree.ts';

const contract = 'orders/order-placed/v1.yaml';

async function load(files: Readonly<Record<string, string>>) {
  const [set, findings] = await loadContracts(memoryTree({ ...workspace, ...files }));
  if (set === undefined) throw new Error(findings.map(({ message }) => message).join('\n'));
  return { set, findings };
}

/** Written out in full, so that a field which is parsed but not carried shows. */
const everything = `tenet: 1
name: orders.order-placed
version: 1.4.2-rc.1
title: Placed
description: An order was placed.
owner: checkout
status: deprecated
replacedBy: orders.order-placed@1
removeAfter: 2027-01-31
intent: load-leveling
stakes: { loss: tolerable, duplicate: catastrophic }
traffic: { average: 60/min, peak: 7200/h, payload: 2 KB, callerWaits: true }
topic: { name: orders, partitions: 24, replication: 5, minInSync: 3, retention: forever, cleanup: "compact,delete", maxMessage: 2 MiB }
schema: { avro: { type: record, name: Order, fields: [{ name: orderId, type: string }] } }
formats: assert
encoding: avro
tombstones: allow
classification: { /name: personal, /card: secret }
partitionKey: { fields: [/b, /a], buckets: 8 }
ordering: none
event: { id: /id, time: /at, sequence: /n }
compatibility: backward
rollout: 2d
producers:
  web: { owner: platform, outbox: true, acks: leader, onOverload: buffer, buffer: 10 MB, approvedBy: checkout, generated: false }
delivery: at-most-once
consumers:
  all:
    owner: platform
    delivery: effectively-once
    idempotency: { key: [/b, /a], window: 90d, store: memory }
    retry: { attempts: 7, within: 1h, backoff: { initial: 1s, factor: 1.5, max: 1m, jitter: none }, ratio: 5 %, nonRetryable: [Zebra, Ape] }
    deadLetter: { owner: checkout, investigateWithin: 2d, severity: info, alertAbove: 3/h, topic: graveyard, retention: 9d, after: wait, floodGuard: { share: 10 %, over: 5m } }
    backpressure: { policy: sample, maxInFlight: 5, maxWaiting: 6, maxAge: 7s, maxLag: 8, keepOneIn: 9, approvedBy: checkout }
    reads: [/z, /a]
    concurrency: 3
    batch: { size: 100, within: 1s }
    timeout: 10s
    rateLimit: 100/min
    catchUp: { rate: 10/s, whenOlderThan: 1h }
    breaker: { failures: 50 %, over: 1m, probeEvery: 5s }
    lag: { maxAge: 1m, maxMessages: 10 }
    objective: { share: 99.9 %, within: 2m }
    replayWindow: 3d
    startFrom: 2026-01-01T00:00:00Z
    onOffsetLost: latest
    group: everybody
    generated: false
  none: { owner: platform, backpressure: { policy: drop-oldest, maxInFlight: 1, maxAge: 5m } }
`;

test('every field of the format is carried', async () => {
  const { set, findings } = await load({ [contract]: everything });
  expect(findings).toEqual([]);
  expect(
    JSON.parse(
      JSON.stringify(set.contracts[0], (key, value) =>
        key === 'source' || key === 'environments' ? undefined : value,
      ),
    ),
  ).toMatchInlineSnapshot(`
    {
      "attributes": {
        "id": "/id",
        "sequence": "/n",
        "time": "/at",
      },
      "classification": [
        {
          "kind": "secret",
          "pointer": "/card",
        },
        {
          "kind": "personal",
          "pointer": "/name",
        },
      ],
      "compatibility": "backward",
      "consumers": [
        {
          "backpressure": {
            "approvedBy": "checkout",
            "keepOneIn": 9,
            "maxAge": {
              "ms": 7000,
              "text": "7s",
            },
            "maxInFlight": 5,
            "maxLag": 8,
            "maxWaiting": 6,
            "policy": "sample",
          },
          "batch": {
            "size": 100,
            "within": {
              "ms": 1000,
              "text": "1s",
            },
          },
          "breaker": {
            "failures": {
              "fraction": 0.5,
              "text": "50 %",
            },
            "over": {
              "ms": 60000,
              "text": "1m",
            },
            "probeEvery": {
              "ms": 5000,
              "text": "5s",
            },
          },
          "catchUp": {
            "rate": {
              "perSecond": 10,
              "text": "10/s",
            },
            "whenOlderThan": {
              "ms": 3600000,
              "text": "1h",
            },
          },
          "concurrency": 3,
          "deadLetter": {
            "after": "wait",
            "alertAbove": {
              "perSecond": 0.0008333333333333334,
              "text": "3/h",
            },
            "floodGuard": {
              "over": {
                "ms": 300000,
                "text": "5m",
              },
              "share": {
                "fraction": 0.1,
                "text": "10 %",
              },
            },
            "investigateWithin": {
              "ms": 172800000,
              "text": "2d",
            },
            "owner": "checkout",
            "retention": {
              "ms": 777600000,
              "text": "9d",
            },
            "severity": "info",
            "topic": "graveyard",
          },
          "delivery": "effectively-once",
          "generated": false,
          "group": "everybody",
          "idempotency": {
            "key": [
              "/b",
              "/a",
            ],
            "store": "memory",
            "window": {
              "ms": 7776000000,
              "text": "90d",
            },
          },
          "lag": {
            "maxAge": {
              "ms": 60000,
              "text": "1m",
            },
            "maxMessages": 10,
          },
          "name": "all",
          "objective": {
            "share": {
              "fraction": 0.999,
              "text": "99.9 %",
            },
            "within": {
              "ms": 120000,
              "text": "2m",
            },
          },
          "onOffsetLost": "latest",
          "owner": "platform",
          "rateLimit": {
            "perSecond": 1.6666666666666667,
            "text": "100/min",
          },
          "reads": [
            "/a",
            "/z",
          ],
          "replayWindow": {
            "ms": 259200000,
            "text": "3d",
          },
          "retry": {
            "attempts": 7,
            "backoff": {
              "factor": 1.5,
              "initial": {
                "ms": 1000,
                "text": "1s",
              },
              "jitter": "none",
              "max": {
                "ms": 60000,
                "text": "1m",
              },
            },
            "nonRetryable": [
              "Ape",
              "Zebra",
            ],
            "ratio": {
              "fraction": 0.05,
              "text": "5 %",
            },
            "within": {
              "ms": 3600000,
              "text": "1h",
            },
          },
          "startFrom": "2026-01-01T00:00:00Z",
          "timeout": {
            "ms": 10000,
            "text": "10s",
          },
        },
        {
          "backpressure": {
            "maxAge": {
              "ms": 300000,
              "text": "5m",
            },
            "maxInFlight": 1,
            "maxWaiting": 10,
            "policy": "drop-oldest",
          },
          "concurrency": 16,
          "delivery": "at-most-once",
          "generated": true,
          "group": "orders.none",
          "name": "none",
          "onOffsetLost": "fail",
          "owner": "platform",
          "reads": [],
          "replayWindow": "forever",
          "startFrom": "earliest",
          "timeout": {
            "ms": 30000,
            "text": "30s",
          },
        },
      ],
      "description": "An order was placed.",
      "domain": "orders",
      "encoding": "avro",
      "event": "order-placed",
      "formats": "assert",
      "intent": "load-leveling",
      "major": 1,
      "name": "orders.order-placed",
      "ordering": "none",
      "owner": "checkout",
      "partitionKey": {
        "buckets": 8,
        "fields": [
          "/b",
          "/a",
        ],
      },
      "producers": [
        {
          "acks": "leader",
          "approvedBy": "checkout",
          "buffer": {
            "bytes": 10000000,
            "text": "10 MB",
          },
          "generated": false,
          "onOverload": "buffer",
          "outbox": true,
          "owner": "platform",
          "service": "web",
        },
      ],
      "removeAfter": "2027-01-31",
      "replacedBy": "orders.order-placed@1",
      "rollout": {
        "ms": 172800000,
        "text": "2d",
      },
      "schema": {
        "kind": "avro",
        "schema": {
          "raw": {
            "fields": [
              {
                "name": "orderId",
                "type": "string",
              },
            ],
            "name": "Order",
            "type": "record",
          },
          "root": {
            "aliases": [],
            "at": "",
            "fields": [
              {
                "aliases": [],
                "at": "/fields/0",
                "name": "orderId",
                "type": {
                  "at": "/fields/0/type",
                  "kind": "string",
                },
              },
            ],
            "kind": "record",
            "name": "Order",
          },
          "size": 2,
        },
      },
      "stakes": {
        "duplicate": "catastrophic",
        "loss": "tolerable",
      },
      "status": "deprecated",
      "title": "Placed",
      "tombstones": "allow",
      "topic": {
        "cleanup": "compact,delete",
        "maxMessage": {
          "bytes": 2097152,
          "text": "2 MiB",
        },
        "minInSync": 3,
        "name": "orders",
        "partitions": 24,
        "replication": 5,
        "retention": "forever",
      },
      "traffic": {
        "average": {
          "perSecond": 1,
          "text": "60/min",
        },
        "callerWaits": true,
        "payload": {
          "bytes": 2000,
          "text": "2 KB",
        },
        "peak": {
          "perSecond": 2,
          "text": "7200/h",
        },
      },
      "version": "1.4.2-rc.1",
    }
  `);
});

test('a consumer that may lose needs neither retry nor dead letter', async () => {
  const { set } = await load({ [contract]: everything });
  const none = set.contracts[0]?.consumers.find(({ name }) => name === 'none');
  expect(none).not.toHaveProperty('retry');
  expect(none).not.toHaveProperty('deadLetter');
});
