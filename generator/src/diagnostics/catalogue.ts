import type { Finding, Position, Severity } from './finding.ts';
import { fingerprint } from './fingerprint.ts';

/**
 * Everything the loader can report. The sentence stands here with its parameters typed, so that a wrong id, or a name
 * that the sentence needs and the caller forgot, does not compile. Rules of other families bring their own entries.
 */
interface Entry<P> {
  readonly severity: Severity;
  /** What must hold, one sentence; `docs/rules.md` and `tenet explain` print it. */
  readonly summary: string;
  readonly message: (parameters: P) => string;
}

const error = <P>(summary: string, message: (parameters: P) => string): Entry<P> => ({
  severity: 'error',
  summary,
  message,
});

const warning = <P>(summary: string, message: (parameters: P) => string): Entry<P> => ({
  severity: 'warning',
  summary,
  message,
});

/** A text of the user's, made fit for a sentence: one line, bounded, visible. */
export function quoted(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not reach a terminal
  return `\`${short.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '·')}\``;
}

export const contractRules = {
  'contract/file-too-large': error(
    'A file of the workspace is small enough to be read by people.',
    (p: { limit: string }) => `The file is larger than ${p.limit}: it was not read.`,
  ),
  'contract/not-text': error(
    'Files are UTF-8 text.',
    (p: { problem: string }) => `The file is not UTF-8 text: ${p.problem}.`,
  ),
  'contract/empty-file': error('A file of the workspace says something.', (_: object) => 'The file is empty.'),
  'contract/symbolic-link': error(
    'Nothing outside of the contracts root is read, not through a symbolic link either.',
    (p: { problem: string }) => `The symbolic link ${p.problem}: it was not followed.`,
  ),
  'contract/syntax': error('Files are well-formed YAML 1.2 or JSON.', (p: { problem: string }) => p.problem),
  'contract/duplicate-key': error(
    'A key stands once in a map.',
    (p: { key: string; line: number }) => `The key ${quoted(p.key)} is already written in line ${p.line}.`,
  ),
  'contract/too-deep': error(
    'Files nest no deeper than a person can follow.',
    (p: { limit: number }) => `The file nests deeper than ${p.limit} levels.`,
  ),
  'contract/alias-expansion': error(
    'Aliases repeat a value, they do not multiply it without end.',
    (p: { problem: string }) => p.problem,
  ),
  'contract/unsupported-yaml': error(
    'Files use the part of YAML that means the same to every reader: maps, lists, text, numbers, true, false, null.',
    (p: { what: string }) => p.what,
  ),
  'contract/unknown-key': error(
    'Every key is one of the format.',
    (p: { key: string; where: string }) => `${quoted(p.key)} is not a key of ${p.where}.`,
  ),
  'contract/unknown-value': error(
    'A field that is a choice holds one of its values.',
    (p: { field: string; value: string; allowed: readonly string[] }) =>
      `${quoted(p.field)} cannot be ${p.value}: it is one of ${p.allowed.map((one) => `\`${one}\``).join(', ')}.`,
  ),
  'contract/missing-field': error(
    'Required fields are written.',
    (p: { field: string; where: string }) => `${p.where} has no \`${p.field}\`.`,
  ),
  'contract/wrong-type': error(
    'A field holds the kind of value that the format asks for.',
    (p: { field: string; expected: string; actual: string }) =>
      `${quoted(p.field)} must be ${p.expected}, not ${p.actual}.`,
  ),
  'contract/wrong-unit': error(
    'Quantities carry a unit.',
    (p: { field: string; value: string; kind: string }) => `${quoted(p.field)} is not ${p.kind}: ${p.value}.`,
  ),
  'contract/bad-value': error(
    'Values lie in the range that the format gives them.',
    (p: { field: string; problem: string }) => `${quoted(p.field)} ${p.problem}.`,
  ),
  'contract/bad-name': error(
    'Names can be mapped to topics, files and identifiers.',
    (p: { name: string; rule: string }) => `${quoted(p.name)} is not a name: ${p.rule}.`,
  ),
  'contract/contradiction': error(
    'Two fields of one file do not contradict each other.',
    (p: { problem: string }) => `${p.problem}.`,
  ),
  'contract/name-mismatch': error(
    'The name of a contract is its place: `<domain>.<event>` in `<domain>/<event>/`.',
    (p: { name: string; expected: string }) =>
      `The contract calls itself ${quoted(p.name)}, but its path says ${quoted(p.expected)}.`,
  ),
  'contract/version-mismatch': error(
    "The major of a contract's version is its file's: 1.x.y in `v1.yaml`.",
    (p: { version: string; file: string }) => `The version ${quoted(p.version)} does not belong in ${quoted(p.file)}.`,
  ),
  'contract/misplaced-file': error(
    'A contract is `<domain>/<event>/v<major>.yaml`.',
    (p: { problem: string }) => `${p.problem}: it would never be read.`,
  ),
  'contract/not-in-force': warning(
    'What is written is in force.',
    (p: { field: string; value: string }) =>
      `\`${p.field}: ${p.value}\` is not built yet: the alert rules read the metrics of Tenet’s own runtime, and stay silent where only ${p.value} is scraped.`,
  ),
  'contract/unused-file': warning(
    'Every YAML file is a contract, a file of the workspace, or referred to by one.',
    (_: object) => 'Nothing refers to this file, and its place is not that of a contract.',
  ),
  'contract/missing-file': error(
    'A workspace has `tenet.yaml` and `owners.yaml`.',
    (p: { file: string }) => `There is no \`${p.file}\`.`,
  ),
  'contract/reference-refused': error(
    'A `$ref` stays inside the contracts root: no network, no absolute path, nothing above the root.',
    (p: { reference: string; problem: string }) => `The reference ${quoted(p.reference)} ${p.problem}.`,
  ),
  'contract/reference-missing': error(
    'A `$ref` leads to something.',
    (p: { reference: string; problem: string }) => `The reference ${quoted(p.reference)} leads nowhere: ${p.problem}.`,
  ),
  'contract/reference-cycle': error(
    'Outside of schemas a `$ref` does not lead back to itself.',
    (p: { reference: string }) => `The reference ${quoted(p.reference)} leads back to itself.`,
  ),
  'contract/unknown-team': error(
    'Every owner is a team of `owners.yaml`.',
    (p: { team: string; role: string }) => `${quoted(p.team)}, ${p.role}, is not a team of \`owners.yaml\`.`,
  ),
  'contract/unknown-contract': error(
    'A contract that is named exists.',
    (p: { contract: string; role: string }) => `${quoted(p.contract)}, ${p.role}, is not a contract of this workspace.`,
  ),
  'contract/name-collision': error(
    'Two things that are told apart have two names, everywhere they are written.',
    (p: { what: string; name: string; other: string }) =>
      `${p.what} is named ${quoted(p.name)}, and so is that of ${p.other}.`,
  ),
  'contract/schema': error('The payload schema can be understood.', (p: { problem: string }) => p.problem),
  'contract/baseline-missing': error(
    'What contracts are compared with can be read.',
    (p: { problem: string }) => `There is nothing to compare with: ${p.problem}.`,
  ),
  'contract/history-missing': error(
    'Every version whose events may still be met can be read.',
    (p: { events: string; problem: string }) =>
      `${p.events} may still be met, but ${p.problem}: the change was not compared with all versions.`,
  ),
  'contract/version-unreadable': warning(
    'Versions whose events may still be met can be read.',
    (p: { commit: string; problem: string }) =>
      `The version at ${quoted(p.commit)} was not compared, as it does not load: ${p.problem}`,
  ),
  'contract/exception-expired': error(
    'An exception ends on its day.',
    (p: { rule: string; expires: string }) => `The exception from ${quoted(p.rule)} expired on ${p.expires}.`,
  ),
  'contract/exception-unknown-rule': error(
    'An exception names a rule that exists.',
    (p: { rule: string }) => `${quoted(p.rule)} is not a rule.`,
  ),
} as const satisfies Record<`contract/${string}`, Entry<never>>;

export type ContractRule = keyof typeof contractRules;
export type Parameters<R extends ContractRule> = (typeof contractRules)[R]['message'] extends (p: infer P) => string
  ? P
  : never;

export interface Whereabouts {
  readonly at: Position;
  readonly contract?: string;
  /** File relative to the contracts root and the field: what the fingerprint is made of beside rule and contract. */
  readonly subject: string;
  readonly hint?: string | undefined;
}

export function contractFinding<R extends ContractRule>(
  rule: R,
  parameters: Parameters<R>,
  { at, contract, subject, hint }: Whereabouts,
): Finding {
  const entry: Entry<never> = contractRules[rule];
  const message = (entry.message as (p: Parameters<R>) => string)(parameters);
  return {
    rule,
    severity: entry.severity,
    message,
    at,
    ...(contract === undefined ? {} : { contract }),
    ...(hint === undefined ? {} : { hint }),
    fingerprint: fingerprint({ rule, ...(contract === undefined ? {} : { contract }), subject }),
  };
}
