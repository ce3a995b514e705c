/** Quantities as contracts write them: parsed once, compared by the number, printed back by the text. */
export interface Duration {
  readonly ms: number;
  readonly text: string;
}
export interface Rate {
  readonly perSecond: number;
  readonly text: string;
}
export interface Size {
  readonly bytes: number;
  readonly text: string;
}
/** A share of a whole, `20 %` is 0.2. */
export interface Share {
  readonly fraction: number;
  readonly text: string;
}
