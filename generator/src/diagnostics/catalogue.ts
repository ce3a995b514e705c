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
  /** What goes wrong without it, and what to do instead. */
  readonly why: string;
  readonly message: (parameters: P) => string;
}

const error = <P>(summary: string, why: string, message: (parameters: P) => string): Entry<P> => ({
  severity: 'error',
  summary,
  why,
  message,
});

const warning = <P>(summary: string, why: string, message: (parameters: P) => string): Entry<P> => ({
  severity: 'warning',
  summary,
  why,
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
    'Contracts are reviewed by people, and a file of megabytes is generated or misplaced; reading it would cost every run. Keep payload examples and dumps out of the folder.',
    (p: { limit: string }) => `The file is larger than ${p.limit}: it was not read.`,
  ),
  'contract/not-text': error(
    'Files are UTF-8 text.',
    'A file in another encoding shows one name to its author and another one to everybody else. Save it as UTF-8.',
    (p: { problem: string }) => `The file is not UTF-8 text: ${p.problem}.`,
  ),
  'contract/empty-file': error(
    'A file of the workspace says something.',
    'An empty file is a contract that somebody meant to write. Write it, or delete it.',
    (_: object) => 'The file is empty.',
  ),
  'contract/symbolic-link': error(
    'Nothing outside of the contracts root is read, not through a symbolic link either.',
    'A link can lead out of what is reviewed, to a file that differs from machine to machine. Copy what is needed into the folder, or refer to it with `$ref`.',
    (p: { problem: string }) => `The symbolic link ${p.problem}: it was not followed.`,
  ),
  'contract/syntax': error(
    'Files are well-formed YAML 1.2 or JSON.',
    'What cannot be parsed promises nothing. The place is where the parser gave up; the mistake is there or in the line before.',
    (p: { problem: string }) => p.problem,
  ),
  'contract/duplicate-key': error(
    'A key stands once in a map.',
    'Readers of YAML disagree about which of the two counts, so one of them is a promise that nobody keeps. Delete the one that is not meant.',
    (p: { key: string; line: number }) => `The key ${quoted(p.key)} is already written in line ${p.line}.`,
  ),
  'contract/too-deep': error(
    'Files nest no deeper than a person can follow.',
    'No event that people design nests so deep. The file is generated, or made to exhaust its readers.',
    (p: { limit: number }) => `The file nests deeper than ${p.limit} levels.`,
  ),
  'contract/alias-expansion': error(
    'Aliases repeat a value, they do not multiply it without end.',
    'Aliases of aliases grow beyond all bounds from a few lines. Write the value out, or use `$ref`, which is followed once.',
    (p: { problem: string }) => p.problem,
  ),
  'contract/unsupported-yaml': error(
    'Files use the part of YAML that means the same to every reader: maps, lists, text, numbers, true, false, null.',
    'Tags, merge keys and the like mean different things to different readers of YAML. Write the value plainly, or share it with `$ref`.',
    (p: { what: string }) => p.what,
  ),
  'contract/unknown-key': error(
    'Every key is one of the format.',
    'A key that nobody reads looks like a promise and is none: a misspelt `retry` leaves a consumer without retries. Correct it, or take it out.',
    (p: { key: string; where: string }) => `${quoted(p.key)} is not a key of ${p.where}.`,
  ),
  'contract/unknown-value': error(
    'A field that is a choice holds one of its values.',
    'A value outside of the choice has no meaning that generated code could keep. Take one of the values that are named.',
    (p: { field: string; value: string; allowed: readonly string[] }) =>
      `${quoted(p.field)} cannot be ${p.value}: it is one of ${p.allowed.map((one) => `\`${one}\``).join(', ')}.`,
  ),
  'contract/missing-field': error(
    'Required fields are written.',
    'Fields are required where no default would be right for everybody, such as who owns a thing and what is lost with an event. Write the field.',
    (p: { field: string; where: string }) => `${p.where} has no \`${p.field}\`.`,
  ),
  'contract/wrong-type': error(
    'A field holds the kind of value that the format asks for.',
    'A list where one value is meant, or text where a number is, would be guessed at. Write the kind of value that the format asks for.',
    (p: { field: string; expected: string; actual: string }) =>
      `${quoted(p.field)} must be ${p.expected}, not ${p.actual}.`,
  ),
  'contract/wrong-unit': error(
    'Quantities carry a unit.',
    '`5` may be milliseconds to one reader and minutes to the other. Write `5s`, `800/s`, `1 KiB`, `20 %`.',
    (p: { field: string; value: string; kind: string }) => `${quoted(p.field)} is not ${p.kind}: ${p.value}.`,
  ),
  'contract/bad-value': error(
    'Values lie in the range that the format gives them.',
    'A value outside of its range cannot be kept by any broker or service: less than one partition, a share above 100 %. Choose one inside of it.',
    (p: { field: string; problem: string }) => `${quoted(p.field)} ${p.problem}.`,
  ),
  'contract/bad-name': error(
    'Names can be mapped to topics, files and identifiers.',
    'Names become topics, files, identifiers and labels of metrics, and each of them has an alphabet of its own. Use lower-case words with hyphens.',
    (p: { name: string; rule: string }) => `${quoted(p.name)} is not a name: ${p.rule}.`,
  ),
  'contract/contradiction': error(
    'Two fields of one file do not contradict each other.',
    'Of two fields that exclude each other one is not kept, and readers cannot tell which. Take one of them out.',
    (p: { problem: string }) => `${p.problem}.`,
  ),
  'contract/name-mismatch': error(
    'The name of a contract is its place: `<domain>.<event>` in `<domain>/<event>/`.',
    'People look for a contract by its name, and Git shows its path: they have to agree. Rename the one that is wrong.',
    (p: { name: string; expected: string }) =>
      `The contract calls itself ${quoted(p.name)}, but its path says ${quoted(p.expected)}.`,
  ),
  'contract/version-mismatch': error(
    "The major of a contract's version is its file's: 1.x.y in `v1.yaml`.",
    'Each major has its own file and its own topic, so that both can live side by side. Copy the contract to the file of the new major.',
    (p: { version: string; file: string }) => `The version ${quoted(p.version)} does not belong in ${quoted(p.file)}.`,
  ),
  'contract/misplaced-file': error(
    'A contract is `<domain>/<event>/v<major>.yaml`.',
    'A file in the wrong place is never read, and its promises are kept by nobody. Move it to where contracts are looked for.',
    (p: { problem: string }) => `${p.problem}: it would never be read.`,
  ),
  'contract/not-in-force': warning(
    'What is written is in force.',
    'A field that is written and not in force looks like protection. Use what is built, or know that this part is not watched.',
    (p: { field: string; value: string }) =>
      `\`${p.field}: ${p.value}\` is not built yet: the alert rules read the metrics of Tenet’s own runtime, and stay silent where only ${p.value} is scraped.`,
  ),
  'contract/unused-file': warning(
    'Every YAML file is a contract, a file of the workspace, or referred to by one.',
    'Nothing refers to the file, so changes of it change nothing: often a `$ref` that was renamed on one side only. Refer to it, or delete it.',
    (_: object) => 'Nothing refers to this file, and its place is not that of a contract.',
  ),
  'contract/missing-file': error(
    'A workspace has `tenet.yaml` and `owners.yaml`.',
    '`tenet.yaml` names the package that is generated, `owners.yaml` the teams that are called at night. Nothing can be checked without them.',
    (p: { file: string }) => `There is no \`${p.file}\`.`,
  ),
  'contract/reference-refused': error(
    'A `$ref` stays inside the contracts root: no network, no absolute path, nothing above the root.',
    'What a contract says must be in the reviewed folder: an address on the network, or a file above the root, can change without a review. Copy the file into the folder.',
    (p: { reference: string; problem: string }) => `The reference ${quoted(p.reference)} ${p.problem}.`,
  ),
  'contract/reference-missing': error(
    'A `$ref` leads to something.',
    'A `$ref` that leads nowhere leaves a hole in the contract. The file was moved, or the name after `#` was changed: correct the reference.',
    (p: { reference: string; problem: string }) => `The reference ${quoted(p.reference)} leads nowhere: ${p.problem}.`,
  ),
  'contract/reference-cycle': error(
    'Outside of schemas a `$ref` does not lead back to itself.',
    'A policy that refers to itself has no value. Schemas may be recursive; everything else ends.',
    (p: { reference: string }) => `The reference ${quoted(p.reference)} leads back to itself.`,
  ),
  'contract/unknown-team': error(
    'Every owner is a team of `owners.yaml`.',
    'A failure must reach somebody. Add the team to `owners.yaml`, or correct its name.',
    (p: { team: string; role: string }) => `${quoted(p.team)}, ${p.role}, is not a team of \`owners.yaml\`.`,
  ),
  'contract/unknown-contract': error(
    'A contract that is named exists.',
    'A reference to a contract that does not exist, such as `replacedBy`, sends its readers nowhere. Correct the name, or write the contract.',
    (p: { contract: string; role: string }) => `${quoted(p.contract)}, ${p.role}, is not a contract of this workspace.`,
  ),
  'contract/name-collision': error(
    'Two things that are told apart have two names, everywhere they are written.',
    'Two names that differ to people can become one topic, file or identifier, and then one of the two overwrites the other. Rename one of them.',
    (p: { what: string; name: string; other: string }) =>
      `${p.what} is named ${quoted(p.name)}, and so is that of ${p.other}.`,
  ),
  'contract/schema': error(
    'The payload schema can be understood.',
    'A schema that cannot be understood accepts and rejects by accident, differently in every validator. Correct it at the place that is named.',
    (p: { problem: string }) => p.problem,
  ),
  'contract/baseline-missing': error(
    'What contracts are compared with can be read.',
    'Without the earlier version nothing can be compared, and no answer is better than a wrong one. In CI the clone usually lacks the history (`fetch-depth: 0`).',
    (p: { problem: string }) => `There is nothing to compare with: ${p.problem}.`,
  ),
  'contract/history-missing': error(
    'Every version whose events may still be met can be read.',
    'Events stay in the topic, in dead letters and in replays long after their version was replaced, and a version that the clone does not have is not compared. A gate that silently compares less is open. Fetch the history, in CI with `fetch-depth: 0`.',
    (p: { events: string; problem: string }) =>
      `${p.events} may still be met, but ${p.problem}: the change was not compared with all versions.`,
  ),
  'contract/version-unreadable': warning(
    'Versions whose events may still be met can be read.',
    'Nothing is generated from contracts that do not load, so most likely no event was ever published by that version, and nothing that is done now makes it readable. See that no service published by it.',
    (p: { commit: string; problem: string }) =>
      `The version at ${quoted(p.commit)} was not compared, as it does not load: ${p.problem}`,
  ),
  'contract/exception-expired': error(
    'An exception ends on its day.',
    'A permission without an end would outlive everybody who remembers it. Delete the entry, or let the team sign again with a new date and a reason.',
    (p: { rule: string; expires: string }) => `The exception from ${quoted(p.rule)} expired on ${p.expires}.`,
  ),
  'contract/exception-unknown-rule': error(
    'An exception names a rule that exists.',
    'An exception from a rule that does not exist permits nothing, while its author believes to be covered. `tenet explain` lists the rules.',
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
