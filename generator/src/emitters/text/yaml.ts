/** YAML files: an object, serialised by the library, under a line that says where it comes from. */
import { stringify } from 'yaml';

/** Two words of YAML 1.1 (`on`, `1:30`) are more than 1.2 would quote; the readers of our files still speak 1.1. */
export function yamlFile(source: string, value: unknown, remarks: readonly string[] = []): string {
  const lines = [`Generated from ${source}. Do not edit: the next run overwrites it.`, ...remarks];
  const comment = lines.map((line) => `# ${line}\n`).join('');
  return comment + stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}
