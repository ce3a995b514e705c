import { buffer } from 'node:stream/consumers';
import { type Entry, fromBufferPromise } from 'yauzl';
import { type ArchiveEntry, ArchiveProblem, mostEntries, mostUnpacked, tooLarge, tooMany } from './entries.ts';

/** The entries of a zip. Nothing is written anywhere. Throws an `ArchiveProblem`. */
export async function zipEntries(archive: Buffer): Promise<readonly ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  let unpacked = 0;
  try {
    // Sizes are held against what is written in the directory of the zip, so that none unpacks to more than it says.
    const zip = await fromBufferPromise(archive, { lazyEntries: true, validateEntrySizes: true });
    if (zip.entryCount > mostEntries) throw tooMany();
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      unpacked += entry.uncompressedSize;
      if (unpacked > mostUnpacked) throw tooLarge();
      const kind = isLink(entry) ? 'link' : 'file';
      const bytes = kind === 'link' ? new Uint8Array() : await buffer(await zip.openReadStreamPromise(entry));
      entries.push({ name: entry.fileName, kind, bytes });
    }
  } catch (error) {
    if (error instanceof ArchiveProblem) throw error;
    throw new ArchiveProblem(`it is no zip that can be read (${error instanceof Error ? error.message : error})`);
  }
  return entries;
}

/** The upper half of the attributes is a mode of Unix, where the archive was made there. */
function isLink({ externalFileAttributes }: Entry): boolean {
  return ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}
