import type { SchemaNode } from '../../../schema/ast.ts';

/** A top-level statement and the name that it declares. */
export interface Declaration {
  readonly name: string;
  readonly text: string;
}

/**
 * Names of what stands beside an event's types in its file. All begin with `$`, which no name of a contract does, and
 * follow from the place in the schema, so that they stay when something else is added.
 */
export class ValidatorNames {
  readonly #root: string;
  readonly #used = new Set<string>();
  readonly #constants = new Map<string, Declaration>();

  /** `root`: the type name of the event. */
  constructor(root: string) {
    this.#root = root;
  }

  /** `$checkOrderPlacedLines` */
  functionName(verb: 'check' | 'project' | 'fill', node: SchemaNode, detail = ''): string {
    return this.#claim(`$${verb}${this.#place(node)}${pascal(detail)}`.slice(0, 60));
  }

  /** The name of a constant with this initial value; equal values share one. */
  constant(what: 'names' | 'pattern' | 'values' | 'value', initial: string): string {
    const known = this.#constants.get(initial);
    if (known !== undefined) return known.name;
    const name = this.#claim(`$${what}${this.#root}`);
    this.#constants.set(initial, { name, text: `const ${name}${what === 'value' ? ': unknown' : ''} = ${initial};` });
    return name;
  }

  get constants(): readonly Declaration[] {
    return [...this.#constants.values()];
  }

  #claim(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#used.has(name); n++) name = `${wanted}${n}`;
    this.#used.add(name);
    return name;
  }

  #place({ at }: SchemaNode): string {
    const tokens = at.pointer
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    const definition = tokens.findLastIndex((token) => token === '$defs' || token === 'definitions');
    const file = at.document.split(/[/\\]/).at(-1)?.replace(/\..*$/, '') ?? '';
    const start = definition >= 0 && definition + 1 < tokens.length ? pascal(tokens[definition + 1] ?? '') : '';
    const way = tokens.slice(definition >= 0 ? definition + 2 : 0).filter((token) => !steps.has(token));
    return `${start || (at.document === '' ? this.#root : pascal(file))}${way.map(pascal).join('')}`;
  }
}

/** Keywords on the way that tell nothing. */
const steps: ReadonlySet<string> = new Set(['properties', 'allOf', 'anyOf', 'oneOf', 'patternProperties']);

function pascal(text: string): string {
  return (text.match(/[A-Za-z0-9]+/g) ?? []).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
