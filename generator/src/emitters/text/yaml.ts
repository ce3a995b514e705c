/**
 * YAML files: an object, serialised by the library, under a line that says where it comes from. The tests of alerts are
 * megabytes of plain lines, and the library takes its time over each; so mappings, lists and words that need no quotes
 * are written here, as it would write them, and whatever needs thought is left to it.
 */
import { stringify } from 'yaml';

/** Two words of YAML 1.1 (`on`, `1:30`) are more than 1.2 would quote; the readers of our files still speak 1.1. */
const options = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;

export function yamlFile(source: string, value: unknown, remarks: readonly string[] = []): string {
  const lines = [`Generated from ${source}. Do not edit: the next run overwrites it.`, ...remarks];
  const comment = lines.map((line) => `# ${line}\n`).join('');
  return comment + yamlText(value);
}

/** What the library writes for plain data. */
export function yamlText(value: unknown): string {
  const lines: string[] = [];
  return new Printer(lines).block(value, '', '') ? `${lines.join('\n')}\n` : stringify(value, options);
}

/** Begins with a letter and holds nothing that YAML reads anything into. */
const plain = /^(?:[A-Za-z]|\d+ [A-Za-z])(?:[\w ./{}=",()+|<>*@$%^[\];?!&~'`·…→≥≤-]|:(?=\S)|(?<=\S)#)*[\w./})"\]]$/;
/** What YAML 1.1 takes for something else than text, though it begins with a letter. */
const words = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?\d+)$/i;
/** Text with a colon in it, that needs quotes and has none of its own. */
const sentence = /^[A-Za-z][ !#-[\]-~]*: [ !#-[\]-~]*$/;
const mostRemembered = 10_000;
/** What the library wrote for short texts and numbers; most stand in many files. */
const remembered = new Map<unknown, string | undefined>();

class Printer {
  readonly #lines: string[];

  constructor(lines: string[]) {
    this.#lines = lines;
  }

  /**
   * Writes a value whose first line begins with `head` and whose others with `indent`. False: something in it is not for
   * this printer.
   */
  block(value: unknown, head: string, indent: string): boolean {
    if (Array.isArray(value)) {
      if (value.length === 0) return this.#line(`${head}[]`);
      const inner = `${indent}  `;
      return value.every((item, i) => this.block(item, `${i === 0 ? head : indent}- `, inner));
    }
    if (typeof value === 'object' && value !== null) {
      if (Object.getPrototypeOf(value) !== Object.prototype) return false;
      const entries = Object.entries(value).filter(([, member]) => member !== undefined);
      if (entries.length === 0) return this.#line(`${head}{}`);
      return entries.every(([name, member], i) => {
        const key = name.length <= 100 ? scalar(name) : undefined;
        return key !== undefined && this.#member(`${i === 0 ? head : indent}${key}:`, member, indent);
      });
    }
    const text = scalar(value);
    return text !== undefined && this.#line(`${head}${text}`);
  }

  #member(start: string, value: unknown, indent: string): boolean {
    const inner = `${indent}  `;
    if (typeof value === 'string' && value.includes('\n')) return this.#several(start, value, indent);
    const isBlock =
      typeof value === 'object' && value !== null && Object.values(value).some((member) => member !== undefined);
    if (!isBlock) return this.block(value, `${start} `, inner);
    this.#line(start);
    return this.block(value, inner, inner);
  }

  /** Text of several lines: the library's, further in. */
  #several(start: string, value: string, indent: string): boolean {
    const [first = '', ...others] = stringify({ a: value }, options).slice('a:'.length).replace(/\n$/, '').split('\n');
    this.#line(`${start}${first}`);
    for (const line of others) this.#line(line === '' ? '' : `${indent}${line}`);
    return true;
  }

  #line(text: string): true {
    this.#lines.push(text);
    return true;
  }
}

/** Undefined where the text would depend on where it stands. */
function scalar(value: unknown): string | undefined {
  if (typeof value === 'string') {
    if (plain.test(value) && !words.test(value)) return value;
    if (sentence.test(value)) return `"${value}"`;
  }
  if (remembered.has(value)) return remembered.get(value);
  const told =
    typeof value === 'string' ? !/[\n\u2028\u2029]|---|\.\.\./.test(value) : value === null || isSimple(value);
  const text = told ? stringify({ a: value }, options).slice('a: '.length, -1) : undefined;
  const kept = text?.includes('\n') ? undefined : text;
  if (remembered.size < mostRemembered) remembered.set(value, kept);
  return kept;
}

function isSimple(value: unknown): boolean {
  return typeof value === 'boolean' || typeof value === 'number';
}
