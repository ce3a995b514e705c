/** What a file may cost, so that a hostile one is a finding and not a hang. */

/** Bytes. A generous schema has 100 KiB. */
export const largestJson = 1024 * 1024;
/** Bytes. YAML takes twenty times as long to read as JSON; a generous contract has 20 KiB. */
export const largestYaml = 512 * 1024;
/** Levels of maps and lists. */
export const deepest = 100;
/** Values after aliases are followed. */
export const mostValues = 100_000;
