/**
 * `format` where a contract asserts it, each name by the definition it has in RFC 3339, 3986, 4122, 5321 and so on.
 * A format that is not listed holds of every value.
 */
export type FormatTest = (text: string) => boolean;

const date = /^(\d{4})-(\d\d)-(\d\d)$/;
const time = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:z|([+-])(\d\d):?(\d\d)?)$/i;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(text: string): boolean {
  const found = date.exec(text);
  if (found === null) return false;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month >= 1 && month <= 12 && day >= 1 && day <= (monthDays[month - 1] ?? 0) + (leap ? 1 : 0);
}

function isTime(text: string): boolean {
  const found = time.exec(text);
  if (found === null) return false;
  const [hour, minute, second] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const sign = found[4] === '-' ? -1 : 1;
  const [zoneHour, zoneMinute] = [Number(found[5] ?? 0), Number(found[6] ?? 0)];
  if (zoneHour > 23 || zoneMinute > 59) return false;
  if (hour <= 23 && minute <= 59 && second < 60) return true;
  // A leap second is 23:59:60 in UTC.
  const utc = (hour * 60 + minute - sign * (zoneHour * 60 + zoneMinute) + 2 * 1440) % 1440;
  return second < 61 && utc === 23 * 60 + 59 && hour <= 24;
}

function isDateTime(text: string): boolean {
  const gap = text[10];
  return (gap === 'T' || gap === 't' || gap === ' ') && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let count = 0;
  for (const [h, half] of halves.entries()) {
    if (half === '') continue;
    const groups = half.split(':');
    for (const [g, group] of groups.entries()) {
      const last = h === halves.length - 1 && g === groups.length - 1;
      if (last && group.includes('.') && isIpv4(group)) count += 2;
      else if (/^[\da-f]{1,4}$/i.test(group)) count += 1;
      else return false;
    }
  }
  return halves.length === 2 ? count < 8 : count === 8;
}

const uriCharacters = /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-f]{2})*$/i;

function isUriReference(text: string): boolean {
  return uriCharacters.test(text) && text.split('#').length <= 2;
}

function isUri(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:./i.test(text) && isUriReference(text);
}

function isHostname(text: string): boolean {
  return (
    text.length <= 253 &&
    text
      .replace(/\.$/, '')
      .split('.')
      .every((label) => /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i.test(label))
  );
}

function isEmail(text: string): boolean {
  const split = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, split), text.slice(split + 1)];
  return (
    split > 0 &&
    /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/.test(local) &&
    domain.includes('.') &&
    !domain.endsWith('.') &&
    isHostname(domain)
  );
}

function isRegex(text: string): boolean {
  // `\Z` is an anchor elsewhere, and in JavaScript only a letter.
  if (/[^\\]\\Z/.test(text)) return false;
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

const duration = /^P(?!$)(?:(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?|\d+W)$/;
const uuid = /^(?:urn:uuid:)?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const jsonPointer = /^(?:\/(?:[^~/]|~0|~1)*)*$/;
const relativeJsonPointer = /^(?:0|[1-9]\d*)(?:#|(?:\/(?:[^~/]|~0|~1)*)*)$/;

/** By the name that schemas use. */
export const formats: Readonly<Record<string, FormatTest>> = {
  date: isDate,
  time: isTime,
  'date-time': isDateTime,
  duration: (text) => duration.test(text),
  email: isEmail,
  hostname: isHostname,
  ipv4: isIpv4,
  ipv6: isIpv6,
  uri: isUri,
  'uri-reference': isUriReference,
  uuid: (text) => uuid.test(text),
  regex: isRegex,
  'json-pointer': (text) => jsonPointer.test(text),
  'relative-json-pointer': (text) => relativeJsonPointer.test(text),
};

/** True for a format that is not asserted. */
export function hasFormat(text: string, format: string): boolean {
  return !Object.hasOwn(formats, format) || formats[format]?.(text) === true;
}
