import { expect, test } from 'vitest';
import { splitSip } from './sip-text.ts';

test('first line, headers and body stand apart; a folded header is one value', () => {
  const text =
    'MESSAGE sip:ue1@example.net SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n' +
    'Subject: one\r\n  two\r\nContent-Length: 4\r\n\r\nbody\r\n\r\nmore';
  expect(splitSip(text)).toEqual({
    startLine: 'MESSAGE sip:ue1@example.net SIP/2.0',
    headers: [
      ['Via', 'SIP/2.0/UDP a;branch=z9hG4bK1'],
      ['Subject', 'one two'],
      ['Content-Length', '4'],
    ],
    body: 'body\r\n\r\nmore',
  });
});

test('a message without a body, and a line without a colon, are shown as they are', () => {
  expect(splitSip('SIP/2.0 200 OK\nodd line')).toEqual({
    startLine: 'SIP/2.0 200 OK',
    headers: [['', 'odd line']],
    body: '',
  });
});
