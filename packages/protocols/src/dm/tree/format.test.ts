import { describe, expect, it } from 'vitest';
import { FORMATS, isFormat, isWellFormed } from './format.ts';

const GOOD: Record<string, string[]> = {
  int: ['0', '-1', '+7', '2147483647', '-2147483648'],
  bool: ['true', 'false'],
  b64: ['', 'AA==', 'AAA=', 'AAAA', 'AAAA\r\nAAAA'],
  float: ['1E4', '-0', 'INF', '-INF', 'NaN', '12.5', '.5', '1.'],
  date: ['20240131', '2024-01-31'],
  time: ['235959', '23:59:59', '23:59:59Z', '23:59:59.25+01:00'],
  null: [''],
  xml: ['', '<a/>', '<a xmlns="urn:x"><b>&lt;</b></a>'],
  chr: ['', 'any text, Ä and \u{1F600}'],
};

const BAD: Record<string, string[]> = {
  int: ['', ' 1', '1.0', '0x1', '2147483648', '-2147483649', '99999999999', '1e3'],
  bool: ['', 'True', 'TRUE', '1', 'yes', ' true'],
  b64: ['A', 'AA', 'AA=', '====', 'A!=='],
  float: ['', 'inf', '+INF', '1E', '.', 'nan'],
  date: ['', '2024-1-31', '24-01-31', '2024-13-01', '20240132', '2024-0131'],
  time: ['', '25:00:00', '23:60:00', '2359', '23-59-59'],
  null: ['x'],
  xml: ['x', '<a>', '<a/><b/>', '<a>&nbsp;</a>', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
  bin: [''],
  node: [''],
};

describe.each(Object.entries(GOOD))('%s', (format, texts) => {
  it.each(texts)('takes %j [TND 7.7.2-1]', (text) => {
    expect(isFormat(format) && isWellFormed(format, text)).toBe(true);
  });
});

describe.each(Object.entries(BAD))('%s', (format, texts) => {
  it.each(texts)('refuses %j [TND 7.7.2-1]', (text) => {
    expect(isFormat(format) && !isWellFormed(format, text)).toBe(true);
  });
});

it('there are eleven formats, in lower case', () => {
  expect(FORMATS).toHaveLength(11);
  expect(isFormat('Chr')).toBe(false);
  expect(isFormat('text/plain')).toBe(false);
});
