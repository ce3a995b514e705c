/** Where Kafka's jars are kept once they are fetched: `libs` inside this folder. */
export function kafkaFolder(root: string): string;
/** promtool on the PATH, else the one that the installer unpacked, else undefined. */
export function promtoolFile(root: string): string | undefined;
/** Sees that the parts for a purpose are there; returns the exit code, each missing part having been named. */
export function ensureParts(root: string, purpose: 'test' | 'kafka'): number;
