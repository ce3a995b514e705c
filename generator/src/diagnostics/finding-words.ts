import type { Finding, Witness } from './finding.ts';
import { cutStrings, jsonLines } from './json-lines.ts';

/** `fulfillment (warehouse), analytics (data-platform)`; undefined when nobody is named. */
function hitWords({ consumers = [], contract: own }: Finding): string | undefined {
  if (consumers.length === 0) return undefined;
  return consumers
    .map(({ consumer, team, contract }) => `${consumer}${contract === own ? '' : ` of ${contract}`} (${team})`)
    .join(', ');
}

/** What stands below the sentence of a finding: whom it hits, who pays, the way out, each under its label. */
export function consequences(finding: Finding): readonly (readonly [label: string, words: string])[] {
  const hits = hitWords(finding);
  return [
    ...(hits === undefined ? [] : [['hits', hits] as const]),
    ...(finding.whoPays === undefined ? [] : [['who pays', finding.whoPays] as const]),
    ...(finding.hint === undefined ? [] : [['way out', finding.hint] as const]),
  ];
}

/** Families of rules from which a team may sign an exception for a contract. */
const signable = /^(?:design|promise|payload)\//;

/** `fingerprint 4858ee3e4a5c, signed by warehouse`: what an exception names; undefined where there can be none. */
export function permitWords({ consumers = [], contract, fingerprint, rule, severity }: Finding): string | undefined {
  if (severity !== 'error' || contract === undefined || !signable.test(rule)) return undefined;
  const teams = [...new Set(consumers.map(({ team }) => team))].sort();
  const who = teams.length === 0 ? 'the owner' : teams.join(', ');
  return `fingerprint ${fingerprint}, signed by ${who}`;
}

/** A caption where it begins a sentence. */
export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A file of a Git tree is named `origin/main:contracts/owners.yaml`; one of a folder has no `tree`. */
export function treeAndFile(path: string): { readonly tree?: string; readonly file: string } {
  const at = path.lastIndexOf(':');
  return at <= 0 ? { file: path } : { tree: path.slice(0, at), file: path.slice(at + 1) };
}

/** `against 1.0.0, 1.1.0: all still in the topic for 7d`; undefined where no version is named. */
export function againstWords({ versions = [], stillMet }: Witness): string | undefined {
  if (versions.length === 0) return undefined;
  return `against ${versions.join(', ')}${stillMet === undefined ? '' : `: ${stillMet}`}`;
}

/** `An event of yesterday that would be dead-lettered tomorrow (against 1.0.0, 1.1.0)`. */
export function captionWords(witness: Witness): string {
  const against = againstWords(witness);
  const caption = capitalised(witness.caption);
  return against === undefined ? caption : `${caption} (${against})`;
}

/** What is shown of an event that is longer than a reader wants. */
const mostLines = 40;

/** An event as JSON in lines of `width` columns, with long strings cut; a long one ends by saying how much is missing. */
export function eventLines(event: unknown, width: number): readonly string[] {
  return firstLines(jsonLines(cutStrings(event), width));
}

/** The same for formats in which braces mean something: `/orderId = "o-1"`, one value a line. */
export function flatEventLines(event: unknown): readonly string[] {
  return firstLines(flatEvent(cutStrings(event)));
}

function firstLines(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), `… ${lines.length - mostLines} more lines: see --format json`];
}

/** Empty objects and lists are values too. */
function flatEvent(event: unknown, pointer = ''): readonly string[] {
  const members =
    typeof event === 'object' && event !== null && !Array.isArray(event)
      ? Object.entries(event).map(([name, value]) => [name.replaceAll('~', '~0').replaceAll('/', '~1'), value] as const)
      : Array.isArray(event)
        ? event.map((value, index) => [String(index), value] as const)
        : [];
  if (members.length === 0) return [`${pointer === '' ? 'the event' : pointer} = ${JSON.stringify(event)}`];
  return members.flatMap(([name, value]) => flatEvent(value, `${pointer}/${name}`));
}

/** `3 errors, 1 warning`; `no findings`. */
export function countFindings(findings: readonly Finding[]): string {
  const parts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const amount = findings.filter((finding) => finding.severity === severity).length;
    return amount === 0 ? [] : [counted(amount, severity)];
  });
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

/** `1 contract`, `2,000 contracts`. */
export function counted(amount: number, what: string): string {
  return `${amount.toLocaleString('en-US')} ${what}${amount === 1 ? '' : 's'}`;
}
