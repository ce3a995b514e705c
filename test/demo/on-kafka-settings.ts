/** What the services of the demo agree on when they run on a real Kafka. */
import type { Log, RuntimeOptions } from '@tenet/runtime';

/** Start reports and incidents would cut through the story; the account tells what came of them. */
export const silent: Log = { info: () => undefined, incident: () => undefined };

/** The shortest session that a broker allows by default, so that the story need not wait half a minute for a death. */
export const timing = { sessionTimeoutMs: 6000 } satisfies RuntimeOptions<string, unknown>['timing'];
