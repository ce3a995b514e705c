import { expect, test } from 'vitest';
import { compileRedaction } from '../../../runtime/src/dead-letter/redact.ts';

const redact = compileRedaction({ '/name': 'personal', '/email': 'personal', '/cards/*/pin': 'secret' });

test('a value that holds another one goes as a whole', () => {
  expect(redact('no mail to ann@example.org, ann', { name: 'ann', email: 'ann@example.org' })).toBe(
    'no mail to [personal], [personal]',
  );
});

test('a value is found as it is and as JSON writes it', () => {
  const payload = { name: 'An"n\n' };
  expect(redact('plain An"n\n, quoted {"name":"An\\"n\\n"}', payload)).toBe(
    'plain [personal], quoted {"name":"[personal]"}',
  );
});

test('numbers and values below a wildcard are found; what says nothing by itself is left', () => {
  expect(redact('1234 of 12', { cards: [{ pin: 1234 }, { pin: 12 }] })).toBe('[secret] of 12');
});

test('a payload that could not be parsed hides nothing and breaks nothing', () => {
  expect(redact('text', undefined)).toBe('text');
});
