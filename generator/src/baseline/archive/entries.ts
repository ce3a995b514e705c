/** What stands in an archive, before anybody has judged its name. */
export interface ArchiveEntry {
  readonly name: string;
  /** Anything else is no part of a workspace: folders, devices, global headers. */
  readonly kind: 'file' | 'link';
  /** Empty for a link: it is not followed. */
  readonly bytes: Uint8Array;
}

/** Bounds of what is unpacked in memory. */
export const mostUnpacked = 256 * 1024 * 1024;
export const mostEntries = 100_000;

/** An archive that cannot be read, or is not: the end of a sentence. */
export class ArchiveProblem extends Error {}

export function tooLarge(): ArchiveProblem {
  return new ArchiveProblem(`it unpacks to more than ${mostUnpacked / 1024 / 1024} MiB`);
}

export function tooMany(): ArchiveProblem {
  return new ArchiveProblem(`it holds more than ${mostEntries.toLocaleString('en-US')} files`);
}
