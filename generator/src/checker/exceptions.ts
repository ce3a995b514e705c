import type { Finding } from '../diagnostics/finding.ts';
import { fingerprint } from '../diagnostics/fingerprint.ts';
import type { ContractSet, Exception } from '../model/contract-set.ts';
import type { Clock, RuleEntry } from './rule.ts';

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
} as const satisfies Record<string, RuleEntry>;

/** A finding on its way to the report, with what exceptions call it by. */
export interface Judged {
  readonly finding: Finding;
  /** JSON pointer of the field, `/consumers/fulfillment/retry`. */
  readonly subject: string;
  /** `orders.order-placed@1`; exceptions may leave the major out. */
  readonly contract: string;
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

  constructor(set: ContractSet, { now }: Clock) {
    this.#set = set;
    this.#owners = new Map(set.contracts.map(({ name, major, owner }) => [`${name}@${major}`, owner]));
    this.#today = now.toISOString().slice(0, 10);
  }

  /** The permission, when every team that the finding hits has signed; else the finding, naming who has not. */
  excuse(judged: Judged): Excused | Finding {
    const { finding } = judged;
    if (finding.severity !== 'error') return finding;
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
          `${team}’s exception from ${rule} for ${contract} permits nothing: there is no such finding.`,
          'delete the entry; when the change that it permitted is merged, it has done its work',
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
    const named = this.#set.contracts.filter(({ name, major }) => contract === name || contract === `${name}@${major}`);
    return (
      named.length === 0 ||
      named.some(({ owner, consumers }) => owner === team || consumers.some((consumer) => consumer.owner === team))
    );
  }
}

function matches({ rule, contract, path, fingerprint: print }: Exception, judged: Judged): boolean {
  const { finding, subject } = judged;
  if (rule !== finding.rule || (contract !== judged.contract && contract !== finding.contract)) return false;
  if (print !== undefined) return print === finding.fingerprint;
  return path !== undefined && (subject === path || (path !== '' && subject.startsWith(`${path}/`)));
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
