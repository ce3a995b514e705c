import type { RuleText } from './rule-text.ts';

/** What `tenet generate` can refuse beside findings of the contracts. */
export const outputRules: readonly RuleText[] = [
  {
    id: 'output/not-ours',
    severity: 'error',
    summary: 'Only what Tenet wrote is overwritten or deleted.',
    why: 'The manifest in the output folder remembers what was generated. A file that is not in it, or that somebody edited since, is somebody’s work, and would be lost without a word. Move it away, or choose another folder.',
  },
  {
    id: 'output/symbolic-link',
    severity: 'error',
    summary: 'Nothing is written through a symbolic link.',
    why: 'A link leads out of the output folder, and what is written through it lands where nobody looks for generated code. Replace the link by a folder.',
  },
  {
    id: 'output/colliding-paths',
    severity: 'error',
    summary: 'Every generated file has a path of its own.',
    why: 'Two files of one path overwrite each other, on some systems also when they differ in upper and lower case only. Rename one of the contracts that they come from.',
  },
  {
    id: 'output/too-many-places',
    severity: 'error',
    summary: 'The alternatives of a schema can be told apart by a validator of a sensible size.',
    why: 'Each combination of alternatives is a place of its own for what is declared and filled in, and dozens of them make thousands of places. Tell the branches of `anyOf` and `oneOf` apart by a required property with a constant of its own.',
  },
  {
    id: 'output/avro-sdk',
    severity: 'error',
    summary: 'An SDK is generated for payloads that are written as JSON Schema.',
    why: 'Types and validators come from JSON Schema. A contract whose payload is Avro is checked, and used by services that are written by hand: `generated: false`.',
  },
];
