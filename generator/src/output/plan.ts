/** Compares what emitters made with what stands in the output folder. Reads only; `write.ts` does what it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Staged } from '../diagnostics/finding.ts';
import { fingerprint } from '../diagnostics/fingerprint.ts';
import { byCodeUnit } from '../diagnostics/order.ts';
import { hashOf, type Manifest, manifestName, manifestText, readManifest } from './manifest.ts';
import type { OutputFile } from './output-file.ts';
import { isOutputPath, standingAt } from './output-path.ts';

export interface PlannedFile {
  readonly path: string;
  readonly text: string;
  readonly state: 'created' | 'changed' | 'unchanged';
  /** What stands there now; absent when the file is created. */
  readonly before?: string;
  /** Somebody changed the file since we wrote it; the change is lost. */
  readonly edited: boolean;
}

export interface Plan {
  /** All files that are wanted, by path. */
  readonly files: readonly PlannedFile[];
  /** Files that we wrote, that nothing wants any more. */
  readonly pruned: readonly string[];
  /** Files that nothing wants any more, kept since somebody changed them: they are the user's now. */
  readonly released: readonly string[];
  readonly manifest: { readonly before: Manifest; readonly text: string; readonly changed: boolean };
}

/** `label` is the output folder as messages print it. */
export function planOutput(root: string, label: string, wanted: readonly OutputFile[]): Staged<Plan> {
  const sorted = [...wanted].sort((a, b) => byCodeUnit(a.path, b.path));
  const findings = collisions(sorted, label);
  const before = readManifest(root);
  const manifestStanding = standingAt(root, manifestName);
  if (manifestStanding !== 'file' && manifestStanding !== 'nothing') {
    findings.push(
      finding('output/not-ours', label, manifestName, 'Something that is no file stands where the manifest has to.'),
    );
  }
  const files: PlannedFile[] = [];
  for (const file of sorted) {
    const planned = planFile(root, label, file, before);
    if ('rule' in planned) findings.push(planned);
    else files.push(planned);
  }
  if (findings.length > 0) return [undefined, findings];

  const paths = new Set(sorted.map(({ path }) => path));
  const pruned: string[] = [];
  const released: string[] = [];
  for (const [path, hashes] of before) {
    if (paths.has(path) || standingAt(root, path) !== 'file') continue;
    const ours = hashes.includes(hashOf(readFileSync(join(root, path))));
    (ours ? pruned : released).push(path);
  }
  const text = manifestText(new Map(files.map((file) => [file.path, [hashOf(file.text)]])));
  const changed = manifestStanding === 'nothing' || readFileSync(join(root, manifestName), 'utf8') !== text;
  return [
    {
      files,
      pruned: pruned.sort(byCodeUnit),
      released: released.sort(byCodeUnit),
      manifest: { before, text, changed },
    },
    [],
  ];
}

function planFile(root: string, label: string, { path, text }: OutputFile, manifest: Manifest): PlannedFile | Finding {
  const standing = standingAt(root, path);
  if (standing === 'nothing') return { path, text, state: 'created', edited: false };
  if (standing === 'link') {
    return finding(
      'output/symbolic-link',
      label,
      path,
      'A symbolic link stands in the way: nothing is written through it.',
    );
  }
  if (standing !== 'file') {
    return finding('output/not-ours', label, path, 'Something that is no file stands where a generated file has to.');
  }
  const bytes = readFileSync(join(root, path));
  if (bytes.equals(Buffer.from(text))) return { path, text, state: 'unchanged', edited: false };
  const hashes = manifest.get(path);
  if (hashes === undefined) {
    return finding(
      'output/not-ours',
      label,
      path,
      'A file that `tenet generate` did not write stands where a generated file has to.',
    );
  }
  return { path, text, state: 'changed', before: bytes.toString('utf8'), edited: !hashes.includes(hashOf(bytes)) };
}

/** Two files on one path, also where a file system does not tell `A` from `a`, or where one is the other's folder. */
function collisions(sorted: readonly OutputFile[], label: string): Finding[] {
  const findings: Finding[] = [];
  const folded = new Map<string, string>();
  for (const { path } of sorted) {
    // Names are made by the emitters from checked names, so an illegal path is a bug of ours.
    if (!isOutputPath(path)) throw new Error(`An emitter made the path ${JSON.stringify(path)}.`);
    const key = path.normalize('NFC').toLowerCase();
    const other = folded.get(key);
    if (other !== undefined) {
      const message =
        other === path
          ? 'Two outputs have this path: rename one of the domains or events that they are named after.'
          : `This path and ${other} are one file on systems that ignore case.`;
      findings.push(finding('output/colliding-paths', label, path, message));
    }
    folded.set(key, path);
  }
  for (const { path } of sorted) {
    const key = path.normalize('NFC').toLowerCase();
    for (let end = key.indexOf('/'); end !== -1; end = key.indexOf('/', end + 1)) {
      const other = folded.get(key.slice(0, end));
      if (other === undefined) continue;
      findings.push(
        finding('output/colliding-paths', label, path, `This path goes through ${other}, which is a file.`),
      );
    }
  }
  return findings;
}

const hints: Readonly<Record<string, string>> = {
  'output/not-ours': 'Move or delete it, or choose another folder with `--out`.',
  'output/symbolic-link': 'Replace the link by a folder, or choose another folder with `--out`.',
};

function finding(rule: string, label: string, path: string, message: string): Finding {
  const hint = hints[rule];
  return {
    rule,
    severity: 'error',
    message,
    at: { path: `${label}/${path}`, line: 1, column: 1 },
    ...(hint !== undefined && { hint }),
    fingerprint: fingerprint({ rule, subject: path }),
  };
}
