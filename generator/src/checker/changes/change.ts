import type { AffectedConsumer, Position } from '../../diagnostics/finding.ts';

/** What a change is about; a report says them in this order. */
export const subjects = ['payload', 'contract', 'environments', 'producers', 'consumers'] as const;
export type About = (typeof subjects)[number];

/** One thing that changed between two versions of a contract, in words for those who live with it. */
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly about: About;
  /** The field as exceptions and fingerprints name it, `/consumers/fulfillment/retry/attempts`. */
  readonly subject: string;
  /** Where it stands in the later version, or the nearest thing that is left of it. */
  readonly at: Position;
  /** Whom it concerns; absent where it concerns everybody who has to do with the contract. */
  readonly consumers?: readonly AffectedConsumer[];
  /** The place of the payload that the text is about, `/customer/email`. */
  readonly place?: string;
  /** What is so now and was not before, one line: `failing records are tried 9 times instead of 4`. */
  readonly text: string;
}

/** The sign at the start of a printed line. */
export const signs = { added: '+', removed: '-', changed: '~' } as const satisfies Record<Change['kind'], string>;

/** A change on one line of its own, with whom it concerns: `~ analytics (data-platform): …`. */
export function sayChange({ kind, about, place, consumers, text }: Change): string {
  const whom = about === 'consumers' && consumers ? `${sayConsumers(consumers)}: ` : '';
  return `${signs[kind]} ${whom}${place === undefined ? '' : `${place} `}${text}`;
}

/** `analytics (data-platform), fulfillment (warehouse)` */
export function sayConsumers(consumers: readonly AffectedConsumer[]): string {
  return consumers.map(({ consumer, team }) => `${consumer} (${team})`).join(', ');
}
