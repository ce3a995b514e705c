/**
 * Names in code, topics and files. Every legal name of a contract maps to a legal one here. Two different names stay
 * different (`order-1` and `order1` too), but for an event whose name ends like a later major: the loader compares
 * what it made and reports `contract/name-collision`.
 */

/** `order-placed` → `orderPlaced`; a hyphen before a digit stays visible: `foo-1-2` → `foo_1_2`. */
export function camelCase(kebab: string): string {
  return kebab.replace(/-([a-z0-9])/g, (_, next: string) => (/\d/.test(next) ? `_${next}` : next.toUpperCase()));
}

/** `order-placed` → `OrderPlaced` */
export function pascalCase(kebab: string): string {
  const camel = camelCase(kebab);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

const majorSuffix = (major: number): string => (major === 1 ? '' : `V${major}`);

/** What the SDK exports for an event: `orderPlaced` (major 1), `orderPlacedV2`. A reserved word gets a `_`. */
export function eventIdentifier(event: string, major: number): string {
  return identifier(camelCase(event) + majorSuffix(major));
}

/** Type of an event's payload: `OrderPlaced`, `OrderPlacedV2`; `Object_` where a global type is named so. */
export function eventTypeName(event: string, major: number): string {
  const name = pascalCase(event) + majorSuffix(major);
  return globalTypes.has(name) ? `${name}_` : name;
}

/** Test builder of an event: `anOrderPlaced`, `aPaymentCaptured`. */
export function builderIdentifier(event: string, major: number): string {
  const name = pascalCase(event) + majorSuffix(major);
  return (/^[AEIOU]/.test(name) ? 'an' : 'a') + name;
}

/** Property of a consumer on its event: `emailSender`. Any word may be a property. */
export function consumerProperty(consumer: string): string {
  return camelCase(consumer);
}

/** A word that can stand where a value is named, in strict code inside of a module. */
export function identifier(word: string): string {
  return reservedWords.has(word) ? `${word}_` : word;
}

/** Path of a contract's outputs without an extension: `orders/order-placed/v1`. */
export function contractPath(domain: string, event: string, major: number): string {
  return `${pathSegment(domain)}/${pathSegment(event)}/v${major}`;
}

/** Names of devices cannot be files on Windows, whatever their extension. `_` is in no legal name. */
export function pathSegment(name: string): string {
  return /^(con|prn|aux|nul|com\d|lpt\d)$/.test(name) ? `${name}_` : name;
}

export function contractFile(domain: string, event: string, major: number): string {
  return `${domain}/${event}/v${major}.yaml`;
}

export function topicName(name: string, major: number): string {
  return `${name}.v${major}`;
}

export function groupName(topic: string, consumer: string): string {
  return `${topic}.${consumer}`;
}

export function deadLetterTopicName(topic: string, consumer: string): string {
  return `${topic}.${consumer}.dlq`;
}

/** The ledger of what a consumer loses by its policy. */
export function lossTopicName(topic: string, consumer: string): string {
  return `${topic}.${consumer}.loss`;
}

/** Topics that belong to a consumer beside its dead letters. */
export function consumerTopicNames(topic: string, consumer: string): readonly string[] {
  return [lossTopicName(topic, consumer), `${topic}.${consumer}.replay`];
}

/** `orders.order-placed@1`: what tells one contract from all others, as reports and exceptions name it. */
export function contractId({ name, major }: { readonly name: string; readonly major: number }): string {
  return `${name}@${major}`;
}

/** Label of a contract in metrics and alerts: any text is legal there, so it is the name itself. */
export function metricLabel(name: string, major: number): string {
  return `${name}@${major}`;
}

/**
 * Name of a catalogue entity (Backstage): letters, digits, `-`, `_`, `.`, at most 63. A longer one keeps its beginning
 * and ends in a hash of the whole.
 */
export function catalogueName(name: string, major: number): string {
  const full = `${name}.v${major}`;
  return full.length <= 63 ? full : `${full.slice(0, 54).replace(/[^a-z0-9]+$/, '')}_${shortHash(full)}`;
}

/** FNV-1a, 32 bits in 8 hex digits: names are told apart, nothing is secured. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}

/** `order-placed` → `Order placed` */
export function titleFrom(event: string): string {
  const words = event.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const reservedWords: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield async of ' +
    'globalThis'
  ).split(' '),
);

/** Types that generated code itself may mean. */
const globalTypes: ReadonlySet<string> = new Set(
  (
    'Branded ConsumerDescriptor EventContract EventDescriptor Unbranded ' +
    'Array ArrayBuffer AsyncIterable AsyncIterator Awaited BigInt Boolean Buffer Capitalize ConstructorParameters ' +
    'DataView Date Error EvalError Exclude Extract Function Infinity InstanceType Intl Iterable Iterator JSON Lowercase ' +
    'Map Math NaN NonNullable Number Object Omit OmitThisParameter Parameters Partial Pick Promise PromiseLike Proxy ' +
    'RangeError Readonly ReadonlyArray ReadonlyMap ReadonlySet Record ReferenceError Reflect RegExp Required ReturnType ' +
    'Set String Symbol SyntaxError ThisType TypeError URIError URL Uncapitalize Uint8Array Uppercase WeakMap WeakRef WeakSet'
  ).split(' '),
);
