/** What a file may cost, so that a hostile one is a finding and not a hang. */

/** Bytes. A generous schema has 100 KiB. */
export const largestJson = 1024 * 1024;
/** Bytes. YAML takes twenty times as long to read as JSON; a generous contract has 20 KiB. */
export const largestYaml = 256 * 1024;
/** Levels of maps and lists. */
export const deepest = 100;
/** Values of a file that is held against the meta-schema (schemas are not): 1,600 teams, or a thousand policies. */
export const mostValidated = 10_000;
/** Values after aliases are followed. */
export const mostValues = 100_000;
