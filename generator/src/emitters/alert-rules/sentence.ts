/**
 * Sentences of an alert. Prometheus runs annotations and labels through Go templates: text of ours and of the
 * contract is made inert, and the values that Prometheus fills in are slots of their own, so that the test that ships
 * with the alert can say what the finished sentence will be.
 */

/** What Prometheus puts in: the value of the expression, or one of its labels. */
export interface Slot {
  readonly template: string;
}

export interface Sentence {
  /** Text and slots in turn. */
  readonly parts: readonly (string | Slot)[];
}

/** The value as a time, `2m 1s`. */
export const asDuration: Slot = { template: '{{ $value | humanizeDuration }}' };
/** The value without decimals. */
export const asCount: Slot = { template: '{{ $value | printf "%.0f" }}' };
/** A label of the series that fired. */
export function label(name: 'topic' | 'code'): Slot {
  return { template: `{{ $labels.${name} }}` };
}

export function sentence(texts: TemplateStringsArray, ...values: readonly (string | number | Slot)[]): Sentence {
  const parts: (string | Slot)[] = [];
  texts.forEach((text, i) => {
    const value = values[i];
    parts.push(text);
    if (value !== undefined) parts.push(typeof value === 'number' ? String(value) : value);
  });
  return { parts };
}

/** Text as a Go template that prints exactly it. */
export function inert(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

/** The sentence as Prometheus wants it in a rule file. */
export function templateOf({ parts }: Sentence): string {
  return inertParts(parts);
}

function inertParts(parts: readonly (string | Slot)[]): string {
  let template = '';
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    template += inert(text) + part.template;
    text = '';
  }
  return template + inert(text);
}

/** The sentence as Prometheus will print it when the slots show these values, in order. */
export function shownAs({ parts }: Sentence, values: readonly string[]): string {
  const left = [...values];
  const text = parts.map((part) => {
    if (typeof part === 'string') return part;
    const value = left.shift();
    if (value === undefined) throw new Error('a sentence has more slots than the test gives values');
    return value;
  });
  if (left.length > 0) throw new Error('a test gives more values than the sentence has slots');
  return text.join('');
}

/** A number of seconds as Prometheus' `humanizeDuration` prints it. */
export function durationShown(seconds: number): string {
  const rounded = (value: number) => String(Number(value.toPrecision(4)));
  if (seconds === 0) return '0s';
  if (seconds < 1e-3) return `${rounded(seconds * 1e6)}us`;
  if (seconds < 1) return `${rounded(seconds * 1e3)}ms`;
  if (seconds < 60) return `${rounded(seconds)}s`;
  const whole = Math.floor(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  const parts = [`${minutes}m`, `${whole % 60}s`];
  if (days > 0 || hours > 0) parts.unshift(`${hours}h`);
  if (days > 0) parts.unshift(`${days}d`);
  return parts.join(' ');
}
