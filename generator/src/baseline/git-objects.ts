import { git } from './git.ts';

/** One object is cut here; the loader refuses it long before. */
const mostBytes = 2 * 1024 * 1024;

/** Contents of files from the object store, each read once. */
export class GitObjects {
  readonly #repository: string;
  readonly #contents = new Map<string, Uint8Array>();
  readonly #together = new Map<string, readonly string[]>();
  #lacking = false;

  constructor(repository: string) {
    this.#repository = repository;
  }

  /** Objects that are likely wanted together: whoever asks for one of them has all of them read, by one process. */
  expect(objects: readonly string[]): void {
    for (const object of objects) this.#together.set(object, objects);
  }

  /** Undefined for an object that the clone lacks. */
  read(object: string): Uint8Array | undefined {
    if (!this.#contents.has(object)) this.#fetch(this.#together.get(object) ?? [object]);
    return this.#contents.get(object);
  }

  /** False when the clone lacks any of them. */
  readAll(objects: readonly string[]): boolean {
    this.#fetch(objects);
    return objects.every((object) => this.#contents.has(object));
  }

  /** Something was asked for that the clone lacks. */
  get lacking(): boolean {
    return this.#lacking;
  }

  /** `<object> <type> <size>\n<bytes>\n` for each, or `<object> missing\n`. */
  #fetch(objects: readonly string[]): void {
    const wanted = [...new Set(objects)].filter((object) => !this.#contents.has(object));
    if (wanted.length === 0) return;
    const { output } = git(this.#repository, ['cat-file', '--batch'], `${wanted.join('\n')}\n`);
    for (let at = 0; at < output.length; ) {
      const end = output.indexOf(0x0a, at);
      const [, object, size] = /^([0-9a-f]+) \w+ (\d+)$/.exec(output.subarray(at, end).toString('latin1')) ?? [];
      if (end < 0) break;
      at = end + 1;
      if (object === undefined) continue;
      this.#contents.set(object, output.subarray(at, at + Math.min(Number(size), mostBytes)));
      at += Number(size) + 1;
    }
    if (wanted.some((object) => !this.#contents.has(object))) this.#lacking = true;
  }
}
