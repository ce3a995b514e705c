/** Reads the fields of records one after the other. */
import type { Headers } from '../broker.ts';

const none: Headers = [];
const empty = Buffer.alloc(0);

export class RecordReader {
  readonly #bytes: Buffer;
  position: number;
  /** The names of the record before, by their place: records of a topic have the same ones as a rule. */
  readonly #names: { readonly bytes: Buffer; readonly text: string }[] = [];

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  /** Zigzag, up to 64 bits; exact where a number is. */
  varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.position++] ?? 0;
    if (byte < 128) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 127;
    let scale = 128;
    do {
      byte = bytes[this.position++] ?? 0;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  bytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const start = this.position;
    this.position += length;
    return this.#bytes.subarray(start, this.position);
  }

  headers(): Headers {
    const count = this.varint();
    if (count === 0) return none;
    const headers: [string, Uint8Array][] = [];
    for (let i = 0; i < count; i += 1) {
      const name = this.#name(i);
      headers.push([name, this.bytes() ?? empty]);
    }
    return headers;
  }

  #name(place: number): string {
    const length = this.varint();
    const start = this.position;
    this.position += length;
    const known = this.#names[place];
    if (known !== undefined && this.#lies(known.bytes, start, length)) return known.text;
    const bytes = this.#bytes.subarray(start, this.position);
    const text = bytes.toString('utf8');
    this.#names[place] = { bytes, text };
    return text;
  }

  #lies(name: Buffer, start: number, length: number): boolean {
    if (name.length !== length) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < length; i += 1) if (name[i] !== bytes[start + i]) return false;
    return true;
  }
}
