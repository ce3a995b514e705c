/**
 * The kinds of text that the meta-schema marks with `x-tenet-kind`: what a sentence calls them ("must be …"), and
 * what a reader should type instead.
 */
export interface Kind {
  readonly expected: string;
  /** A number with a unit: `contract/wrong-unit`. */
  readonly quantity?: true;
  /** `expected` then is a rule for names. */
  readonly isName?: true;
  hint(value: unknown): string | undefined;
}

const always = (text: string) => () => text;

function unitHint(units: readonly string[]) {
  return (value: unknown): string => {
    const written = /^\d{1,12}(?![\d.])/.exec(String(value))?.[0];
    const amount = written === undefined || Number(written) === 0 ? '5' : written;
    return `Write the unit: ${units.map((unit) => `\`${amount}${unit}\``).join(', ')}.`;
  };
}

const durations = unitHint(['ms', 's', 'm', 'h', 'd']);
const rates = unitHint(['/s', '/min', '/h', '/d']);
const kebab =
  'it is written in lower-case letters, digits and single hyphens, begins with a letter, and has at most 63 characters';

export const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['duration', { expected: 'a duration above zero', quantity: true, hint: durations }],
  ['durationOrForever', { expected: 'a duration or `forever`', quantity: true, hint: durations }],
  ['rate', { expected: 'a rate above zero', quantity: true, hint: rates }],
  ['rateOrZero', { expected: 'a rate', quantity: true, hint: rates }],
  [
    'size',
    {
      expected: 'a size above zero',
      quantity: true,
      hint: unitHint([' B', ' KB', ' MB', ' GB', ' KiB', ' MiB', ' GiB']),
    },
  ],
  ['share', { expected: 'a share from 0 % to 100 %', quantity: true, hint: unitHint([' %']) }],
  ['text', { expected: 'text', hint: always('Say it in a few words.') }],
  ['name', { expected: kebab, isName: true, hint: suggestKebab }],
  [
    'contractName',
    {
      expected: 'it is `<domain>.<event>`, each in lower-case letters, digits and single hyphens',
      isName: true,
      hint: always('Like `orders.order-placed`.'),
    },
  ],
  [
    'topic',
    {
      expected: 'it is written in letters, digits, `.`, `_` and `-`',
      isName: true,
      hint: always('Kafka takes no other characters.'),
    },
  ],
  ['contractRef', { expected: '`<domain>.<event>@<major>`', hint: always('Like `orders.order-placed@2`.') }],
  [
    'version',
    { expected: 'a semantic version', hint: always("Three numbers, in quotes if YAML reads them as one: `'1.2.0'`.") },
  ],
  ['pointer', { expected: 'a JSON pointer', hint: suggestPointer }],
  ['key', { expected: 'a JSON pointer, a map of `fields`, or `none`', hint: suggestPointer }],
  ['date', { expected: 'a date', hint: always('Write year, month and day: `2027-01-31`.') }],
  [
    'startFrom',
    { expected: '`earliest`, `latest` or a time', hint: always('A time is written `2027-01-31T08:00:00Z`.') },
  ],
  ['format', { expected: '1, the version of the format', hint: always('Write `tenet: 1`.') }],
  ['package', { expected: 'an npm package name', hint: always('Like `@acme/events`.') }],
  ['url', { expected: 'an http or https address', hint: always('Like `https://docs.example.com/events`.') }],
  ['rule', { expected: 'the id of a rule', hint: always('Like `promise/retention-shortened`: findings print it.') }],
  ['fingerprint', { expected: 'a fingerprint of 12 hex digits', hint: always('Findings print it.') }],
  ['errorName', { expected: 'the name of an error', hint: always('Like `CardDeclined`.') }],
]);

function suggestPointer(value: unknown): string {
  const name =
    typeof value === 'string' ? /^[#/$.]*([A-Za-z_][\w]*(?:[./][A-Za-z_][\w]*)*)$/.exec(value)?.[1] : undefined;
  const like = name === undefined ? '/orderId' : `/${name.replaceAll('.', '/')}`;
  return `A pointer begins with a slash, and writes \`~\` as \`~0\`: \`${like}\`.`;
}

function suggestKebab(value: unknown): string {
  const name = String(value)
    .slice(0, 63)
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '');
  return name === '' ? 'Like `order-fulfillment`.' : `Like \`${name}\`.`;
}
