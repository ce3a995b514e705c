import { type About, type Change, sayConsumers, signs } from '../checker/changes/change.ts';
import type { Breaking, Changelog, ContractChanges } from '../checker/changes/changelog.ts';
import type { WorkspaceChange } from '../checker/changes/workspace-changes.ts';
import { undecided } from '../checker/payload/catalogue.ts';
import type { AffectedConsumer, Finding } from '../diagnostics/finding.ts';

/** A changelog and what it compares with, for the three printers. */
export interface DiffScreen extends Changelog {
  readonly against: string;
}

/** A changelog laid out for people: what every printer shows, in the same order and the same words. */
export interface Section {
  readonly heading: string;
  readonly lines: readonly Line[];
}

export interface Line {
  /** `!` breaks somebody, `?` wants a look, and what came, went and changed; empty for plain text. */
  readonly mark: '!' | '?' | '+' | '-' | '~' | '';
  /** The places of the payload that the sentence is about. */
  readonly places?: readonly string[];
  readonly text: string;
  /** In smaller print: the rule, and whom it concerns. */
  readonly detail?: string;
}

/** How many names a line lists before it counts. */
const mostNames = 6;

/** `1 of 3 contracts changed since main: 2 changes break consumers` */
export function answer({ contracts, workspace, unchanged, against }: DiffScreen): string {
  const total = contracts.length + unchanged;
  if (contracts.length === 0) {
    const around = workspace.length === 0 ? '' : '; teams or workspace did';
    return `no contract changed since ${against}${around}`;
  }
  const all = contracts.flatMap(({ breaking }) => breaking);
  const open = all.filter(({ finding }) => finding.rule === undecided.id).length;
  const breaks = all.length - open;
  const verdicts = [
    ...(breaks > 0 ? [`${counted(breaks, 'change')} ${breaks === 1 ? 'breaks' : 'break'} consumers`] : []),
    ...(open > 0 ? [`${counted(open, 'change')} cannot be decided`] : []),
  ];
  const changed = `${number(contracts.length)} of ${counted(total, 'contract')} changed since ${against}`;
  return `${changed}: ${verdicts.length === 0 ? 'nothing breaks a consumer' : verdicts.join(', ')}`;
}

/** `2 breaking · 5 other changes · 1 contract new · 213 unchanged` */
export function count({ contracts, workspace, unchanged }: DiffScreen): string {
  const having = (state: ContractChanges['state']): number => contracts.filter((each) => each.state === state).length;
  const others = sum(contracts, ({ noted, changes }) => noted.length + changes.length) + workspace.length;
  return [
    `${number(sum(contracts, ({ breaking }) => breaking.length))} breaking`,
    counted(others, 'other change'),
    ...(['added', 'deleted'] as const).flatMap((state) =>
      having(state) === 0 ? [] : `${counted(having(state), 'contract')} ${state === 'added' ? 'new' : 'deleted'}`,
    ),
    `${number(unchanged)} unchanged`,
  ].join(' · ');
}

/** `orders.order-placed 1.0.0 → 1.1.0` */
export function title({ name, state, before, after }: ContractChanges): string {
  if (state === 'added') return `${name} ${after ?? ''} (new)`;
  if (state === 'deleted') return `${name} ${before ?? ''} (deleted)`;
  return `${name} ${before === after ? '' : `${before} → `}${after}`;
}

export function sectionsOf(contract: ContractChanges): readonly Section[] {
  const { breaking, noted, outline, changes, state } = contract;
  const isOnlyVersion = state === 'changed' && breaking.length + noted.length + changes.length === 0;
  const version: readonly Line[] = isOnlyVersion ? [{ mark: '~', text: 'nothing but the version changed' }] : [];
  return [
    {
      heading: state === 'deleted' ? 'what it was' : 'what it is',
      lines: outline.map((text): Line => ({ mark: '', text })),
    },
    { heading: 'breaking', lines: breaking.map(breakingLine) },
    { heading: 'worth a look', lines: noted.map(notedLine) },
    ...changeSections(contract),
    { heading: 'version', lines: version },
  ].filter(({ lines }) => lines.length > 0);
}

/** What follows the sign: the places, and what is so there now. */
export function placesOf({ places = [] }: Line): { readonly shown: readonly string[]; readonly more: string } {
  const rest = places.length - mostNames;
  return { shown: places.slice(0, mostNames), more: rest > 0 ? ` and ${number(rest)} more` : '' };
}

export function workspaceLines(changes: readonly WorkspaceChange[]): readonly Line[] {
  return changes.map(({ kind, text, rule }) => ({ mark: signOf(kind), text, ...(rule ? { detail: rule } : {}) }));
}

function changeSections(contract: ContractChanges): readonly Section[] {
  const { changes, since } = contract;
  const about = (what: About): readonly Change[] => changes.filter((change) => change.about === what);
  const lines = (what: About): readonly Line[] => about(what).map((change) => changeLine(change, contract));
  // A new major stands beside the old one: what differs breaks nobody who stays.
  const than = since === undefined ? '' : `, compared with ${since}`;
  return [
    { heading: `payload${than}`, lines: payloadLines(about('payload')) },
    { heading: `contract${than}`, lines: lines('contract') },
    { heading: `environments${than}`, lines: lines('environments') },
    { heading: `producers${than}`, lines: lines('producers') },
    ...consumerSections(contract, than),
  ];
}

/** Found by an event that breaks: the search ends with the first. */
/** What happened to one place is one line, and places to which the same happened share it. */
function payloadLines(changes: readonly Change[]): readonly Line[] {
  const byPlace = Map.groupBy(changes, ({ kind, place }) => JSON.stringify([kind, place]));
  const lines = [...byPlace.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const readers = first.consumers ? { detail: `read by ${namesOf(first.consumers)}` } : {};
    const text = group.map((change) => change.text).join('; ');
    return [{ mark: signOf(first.kind), place: first.place ?? '', text, ...readers }];
  });
  const byText = Map.groupBy(lines, ({ mark, text, detail }) => JSON.stringify([mark, text, detail]));
  return [...byText.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { place: _, ...line } = first;
    return [{ ...line, places: group.map(({ place }) => place) }];
  });
}

/** One section for each group of consumers that the same changes concern, in the order in which they are met. */
function consumerSections(contract: ContractChanges, than: string): readonly Section[] {
  const changes = contract.changes.filter(({ about }) => about === 'consumers');
  const groups = Map.groupBy(changes, ({ consumers = [] }) => namesOf(consumers));
  return [...groups].map(([names, group]) => ({
    heading: `for ${names}${than}`,
    lines: group.map((change) => changeLine(change, contract)),
  }));
}

/** What stands in another file than the contract is named: a policy, an overlay, an entry of the consumer's own team. */
function changeLine({ kind, text, at }: Change, { path }: ContractChanges): Line {
  return { mark: signOf(kind), text, ...(at.path === path ? {} : { detail: `${at.path}:${at.line}` }) };
}

function breakingLine({ finding, permits }: Breaking): Line {
  const permitted = permits.map(({ team, expires, reason }) => `permitted by ${team} until ${expires}: ${reason}`);
  return { mark: '!', text: finding.message, detail: [detailOf(finding), ...permitted].join(' · ') };
}

function notedLine(finding: Finding): Line {
  return { mark: '?', text: finding.message, detail: detailOf(finding) };
}

function detailOf({ rule, consumers = [] }: Finding): string {
  return consumers.length === 0 ? rule : `${rule} · hits ${namesOf(consumers)}`;
}

function namesOf(consumers: readonly AffectedConsumer[]): string {
  const [shown, rest] = [consumers.slice(0, mostNames), consumers.length - mostNames];
  return `${sayConsumers(shown)}${rest > 0 ? ` and ${number(rest)} more` : ''}`;
}

function signOf(kind: Change['kind']): Line['mark'] {
  return signs[kind];
}

function sum<Each>(items: readonly Each[], amount: (item: Each) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}

function counted(amount: number, what: string): string {
  return `${number(amount)} ${what}${amount === 1 ? '' : 's'}`;
}

function number(amount: number): string {
  return amount.toLocaleString('en-US');
}
