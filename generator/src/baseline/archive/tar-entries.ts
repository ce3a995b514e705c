import { gunzipSync } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { type ArchiveEntry, ArchiveProblem, mostEntries, mostUnpacked, tooLarge, tooMany } from './entries.ts';

/** The entries of a tar, gzipped or not. Nothing is written anywhere. Throws an `ArchiveProblem`. */
export function tarEntries(archive: Buffer): readonly ArchiveEntry[] {
  const isZipped = archive[0] === 0x1f && archive[1] === 0x8b;
  const tar = isZipped ? unzipped(archive) : archive;
  if (tar.length > mostUnpacked) throw tooLarge();
  const entries: ArchiveEntry[] = [];
  let problem: Error | undefined;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry: ReadEntry) => {
      const kind = kindOf(entry);
      if (kind === undefined || entries.length > mostEntries) return void entry.resume();
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => chunks.push(chunk));
      entry.on('end', () => entries.push({ name: entry.path, kind, bytes: Buffer.concat(chunks) }));
    },
  });
  parser.on('error', (error: Error) => {
    problem = error;
  });
  parser.end(tar);
  if (problem !== undefined) throw new ArchiveProblem(`it is no tar that can be read (${problem.message})`);
  if (entries.length > mostEntries) throw tooMany();
  return entries;
}

function kindOf({ type }: ReadEntry): ArchiveEntry['kind'] | undefined {
  if (type === 'File' || type === 'OldFile' || type === 'ContiguousFile') return 'file';
  return type === 'SymbolicLink' || type === 'Link' ? 'link' : undefined;
}

function unzipped(archive: Buffer): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: mostUnpacked });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw new ArchiveProblem('its gzip is damaged');
  }
}
