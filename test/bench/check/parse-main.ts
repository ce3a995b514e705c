/** Reads the files named on standard input, one a line, parses each with its library, and keeps what came out. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const files = readFileSync(process.argv[2] ?? '', 'utf8')
  .split('\n')
  .filter(Boolean);
const kept = files.map((file) => {
  const text = readFileSync(file, 'utf8');
  return file.endsWith('.json') ? JSON.parse(text) : parse(text);
});
process.stdout.write(`${kept.length} files\n`);
