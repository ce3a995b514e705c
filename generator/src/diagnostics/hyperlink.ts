/** Text that a terminal opens a page or a file for (OSC 8); the text alone when there is no address. */
export function hyperlink(text: string, address: string | undefined): string {
  if (address === undefined) return text;
  return `\u001b]8;;${address}\u001b\\${text}\u001b]8;;\u001b\\`;
}
