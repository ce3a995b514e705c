/** A conformance suite is a list of scenarios: a test runs them all, and another shows that broken adapters fail them. */
import { test } from 'vitest';

export interface Scenario<Rig> {
  readonly name: string;
  /** Ends as a failure after this time, so that an adapter that hangs is a red test and not a hung run. */
  readonly withinMs: number;
  run(rig: Rig): Promise<void>;
}

/** Rejects when the scenario fails or takes too long; the rig is closed either way, and closing may not hang either. */
export async function runScenario<Rig extends { close(): Promise<void> }>(
  scenario: Scenario<Rig>,
  create: () => Promise<Rig>,
  closeWithinMs = 10_000,
): Promise<void> {
  const rig = await create();
  let failure: { readonly error: unknown } | undefined;
  try {
    await limited(scenario.run(rig), scenario.withinMs, scenario.name);
  } catch (error) {
    failure = { error };
  }
  try {
    await limited(rig.close(), closeWithinMs, 'close');
  } catch (error) {
    failure ??= { error };
  }
  if (failure !== undefined) throw failure.error;
}

export function registerSuite<Rig extends { close(): Promise<void> }>(
  scenarios: readonly Scenario<Rig>[],
  create: () => Promise<Rig>,
): void {
  for (const scenario of scenarios) {
    test(scenario.name, () => runScenario(scenario, create), scenario.withinMs + 20_000);
  }
}

/** Rejects with the name of what did not happen in time. */
export async function limited<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}

export async function eventually(fact: () => boolean | Promise<boolean>, what: string, ms = 15_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await fact())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
