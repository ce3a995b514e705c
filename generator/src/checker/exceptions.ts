import type { Finding } from '../diagnostics/finding.ts';
import { fingerprint } from '../diagnostics/fingerprint.ts';
import type { ContractSet, Exception } from '../model/contract-set.ts';
import { contractId } from '../model/naming.ts';
import type { BothSets, Clock, RuleEntry } from './rule.ts';

export const exceptionRules = {
  unused: {
    id: 'exception/unused',
    severity: 'error',
    summary: 'An exception permits something that is there.',
    why: 'An entry without a finding is a door left open: it would permit the same mistake again, unseen. Delete it when the change that it permitted is merged.',
  },
  foreign: {
    id: 'exception/foreign',
    severity: 'error',
    summary: 'A team signs for its own consumers.',
    why: 'Code ownership of `exceptions/<team>.yaml` is the signature. A team that is not hit by a finding cannot permit it for those that are; each of them signs in its own file.',
  },
  extended: {
    id: 'exception/extended',
    severity: 'note',
    summary: 'A permission that lasts longer than it did is seen.',
    why: 'An exception ends on a day, so that somebody looks at it again. A later day is a decision of its own, and is shown with the one that it replaces before anything else. It needs no further signature: the team signs by owning the file.',
  },
} as const satisfies Record<string, RuleEntry>;

/** A finding on its way to the report, with what exceptions call it by. */
export interface Judged {
  readonly finding: Finding;
  /** One for each place that says the same: several where consumers pull in one shared policy. The finding has the first. */
  readonly names: readonly Name[];
  /** `orders.order-placed@1`; exceptions may leave the major out. */
  readonly contract: string;
}

export interface Name {
  /** JSON pointer of the field, `/consumers/fulfillment/retry`. */
  readonly subject: string;
  readonly fingerprint: string;
}

/** A finding that every team it hits has permitted. */
export interface Excused {
  readonly finding: Finding;
  readonly exceptions: readonly Exception[];
}

/** Applies the signed exceptions of one set; remembers which of them permitted something. */
export class Exceptions {
  readonly #set: ContractSet;
  readonly #today: string;
  readonly #used = new Set<Exception>();
  readonly #foreign = new Set<Exception>();
  readonly #owners: ReadonlyMap<string, string>;
  readonly #needless = new Set<Exception>();

  constructor(set: ContractSet, { now }: Clock) {
    this.#set = set;
    this.#owners = new Map(set.contracts.map((each) => [contractId(each), each.owner]));
    this.#today = now.toISOString().slice(0, 10);
  }

  /** The permission, when every team that the finding hits has signed; else the finding, naming who has not. */
  excuse(judged: Judged): Excused | Finding {
    const { finding } = judged;
    if (finding.severity !== 'error') {
      for (const exception of this.#set.exceptions) if (matches(exception, judged)) this.#needless.add(exception);
      return finding;
    }
    const teams = this.#teamsHit(judged);
    const signed: Exception[] = [];
    for (const exception of this.#set.exceptions) {
      if (this.#hasExpired(exception) || !matches(exception, judged)) continue;
      if (teams.includes(exception.team)) {
        signed.push(exception);
        this.#used.add(exception);
      } else this.#foreign.add(exception);
    }
    const missing = teams.filter((team) => !signed.some((exception) => exception.team === team));
    if (teams.length > 0 && missing.length === 0) return { finding, exceptions: signed };
    if (signed.length === 0) return finding;
    const who = `${signed.map(({ team }) => team).join(', ')} signed; still to sign: ${missing.join(', ')}`;
    return { ...finding, hint: finding.hint === undefined ? who : `${finding.hint} (${who})` };
  }

  /** Entries that permit what is not theirs, or nothing. `judged`: the families of rules that ran. */
  complaints(judgedFamilies: readonly string[]): Finding[] {
    return this.#set.exceptions.flatMap((exception) => {
      const { rule, team, contract } = exception;
      if (this.#hasExpired(exception)) return [];
      if (this.#used.has(exception)) return [];
      if (this.#foreign.has(exception) || !this.#mayUse(exception)) {
        return [
          complaint(
            exceptionRules.foreign,
            exception,
            `${team} cannot permit ${rule} for ${contract}: nothing of ${team} is hit.`,
            'the teams that are hit sign, each in its own file',
          ),
        ];
      }
      if (!judgedFamilies.includes(rule.split('/')[0] ?? '')) return [];
      return [
        complaint(
          exceptionRules.unused,
          exception,
          `${team}’s exception from ${rule} for ${contract} permits nothing: ${this.#needless.has(exception) ? 'what it names is no error' : 'there is no such finding'}.`,
          this.#needless.has(exception)
            ? 'delete the entry; warnings and notes stop nothing, and need no permission'
            : 'delete the entry; when the change that it permitted is merged, it has done its work',
        ),
      ];
    });
  }

  /** That it has ended is said by the loader, at the date. */
  #hasExpired({ expires }: Exception): boolean {
    return expires < this.#today;
  }

  #teamsHit({ finding, contract }: Judged): readonly string[] {
    const hit = [...new Set((finding.consumers ?? []).map(({ team }) => team))].sort();
    if (hit.length > 0) return hit;
    const owner = this.#owners.get(contract);
    return owner === undefined ? [] : [owner];
  }

  /** Owns the team anything in the contract it names? A contract that is gone may have been anybody's. */
  #mayUse({ team, contract }: Exception): boolean {
    const named = this.#set.contracts.filter((each) => contract === each.name || contract === contractId(each));
    return (
      named.length === 0 ||
      named.some(({ owner, consumers }) => owner === team || consumers.some((consumer) => consumer.owner === team))
    );
  }
}

function matches({ rule, contract, path, fingerprint: print }: Exception, judged: Judged): boolean {
  const { finding, names } = judged;
  if (rule !== finding.rule || (contract !== judged.contract && contract !== finding.contract)) return false;
  if (print !== undefined) return names.some((name) => name.fingerprint === print);
  return (
    path !== undefined &&
    names.some(({ subject }) => subject === path || (path !== '' && subject.startsWith(`${path}/`)))
  );
}

/** Entries that stood in the baseline, and now last longer. */
export function extended({ before, after }: BothSets): Finding[] {
  return after.exceptions.flatMap((exception) => {
    const old = before.exceptions.find((entry) => nameOf(entry) === nameOf(exception));
    if (old === undefined || exception.expires <= old.expires) return [];
    const { team, rule, contract, expires } = exception;
    const message = `${team} permits ${rule} for ${contract} until ${expires} instead of ${old.expires}.`;
    const found = complaint(exceptionRules.extended, exception, message, 'mend what it permits before it ends again');
    return [{ ...found, against: { ...old.at, was: `was ${old.expires}` } }];
  });
}

function nameOf({ team, rule, contract, path, fingerprint: print }: Exception): string {
  return JSON.stringify([team, rule, contract, path ?? null, print ?? null]);
}

function complaint(
  { id, severity }: RuleEntry,
  { at, contract, team, rule, path, fingerprint: print }: Exception,
  message: string,
  hint: string,
): Finding {
  const subject = JSON.stringify([team, rule, path ?? null, print ?? null]);
  return { rule: id, severity, message, at, hint, contract, fingerprint: fingerprint({ rule: id, contract, subject }) };
}
