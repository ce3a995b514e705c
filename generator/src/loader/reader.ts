import {
  type Duration,
  parseDuration,
  parseRate,
  parseShare,
  parseSize,
  type Rate,
  type Share,
  type Size,
} from '../model/units.ts';
import { childOf, type Located } from './located.ts';

/**
 * Reads fields of a map that the meta-schema has already accepted. What is absent is undefined; what has another type
 * than was validated is our own mistake and throws.
 */
export class Reader {
  readonly #located: Located | undefined;

  constructor(located: Located | undefined) {
    this.#located = located;
  }

  get exists(): boolean {
    return this.#located !== undefined;
  }

  get isMap(): boolean {
    return this.#located?.kind === 'map';
  }

  has(key: string): boolean {
    return childOf(this.#located, key) !== undefined;
  }

  in(key: string): Reader {
    return new Reader(childOf(this.#located, key));
  }

  entries(key: string): [string, Reader][] {
    const map = childOf(this.#located, key);
    if (map?.kind !== 'map') return [];
    return [...map.entries].map(([name, { value }]) => [name, new Reader(value)]);
  }

  items(key: string): Reader[] {
    const list = childOf(this.#located, key);
    return list?.kind === 'list' ? list.items.map((item) => new Reader(item)) : [];
  }

  text(key: string): string | undefined {
    return this.#scalar(key, 'string');
  }

  number(key: string): number | undefined {
    return this.#scalar(key, 'number');
  }

  flag(key: string): boolean | undefined {
    return this.#scalar(key, 'boolean');
  }

  choice<T extends string>(key: string, values: readonly T[]): T | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    return values.find((value) => value === text) ?? unvalidated(key);
  }

  texts(key: string): string[] {
    const list = childOf(this.#located, key);
    if (list?.kind !== 'list') return [];
    return list.items.map((item) =>
      item.kind === 'scalar' && typeof item.value === 'string' ? item.value : unvalidated(key),
    );
  }

  duration(key: string): Duration | undefined {
    return this.#quantity(key, parseDuration);
  }

  durationOrForever(key: string): Duration | 'forever' | undefined {
    return this.text(key) === 'forever' ? 'forever' : this.duration(key);
  }

  rate(key: string): Rate | undefined {
    return this.#quantity(key, parseRate);
  }

  size(key: string): Size | undefined {
    return this.#quantity(key, parseSize);
  }

  share(key: string): Share | undefined {
    return this.#quantity(key, parseShare);
  }

  #quantity<T>(key: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.text(key);
    return text === undefined ? undefined : (parse(text) ?? unvalidated(key));
  }

  #scalar(key: string, type: 'string'): string | undefined;
  #scalar(key: string, type: 'number'): number | undefined;
  #scalar(key: string, type: 'boolean'): boolean | undefined;
  #scalar(key: string, type: string): unknown {
    const located = childOf(this.#located, key);
    if (located === undefined) return undefined;
    return located.kind === 'scalar' && typeof located.value === type ? located.value : unvalidated(key);
  }
}

/** The fields that are there: `exactOptionalPropertyTypes` tells an absent one from `undefined`. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) kept[key] = value as Exclude<T[typeof key], undefined>;
  }
  return kept;
}

export function unvalidated(key: string): never {
  throw new Error(`${key} was read before it was validated`);
}
