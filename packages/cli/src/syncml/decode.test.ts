import { encodeBase64, encodeHex } from '@ueprov/protocols';
import { decodeSyncML } from '@ueprov/protocols/syncml';
import { expect, test } from 'vitest';
import { CUT_PCAP, LAX_XML, SESSION_PCAP, VECTOR, VECTOR_HEX, XML } from './testing/inputs.ts';
import { run } from './testing/run.ts';

const decode = (input: Uint8Array | string, ...options: readonly string[]) =>
  run(['decode', ...options], { files: { '-': input } });

const TREE = `SyncML Pkg#1 Alert 1200
  SyncHdr
    VerDTD 1.2
    VerProto DM/1.2
    SessionID A7
    MsgID 1
    Target http://p/
    Source IMEI:1
    Meta MaxMsgSize=5000
  SyncBody
    Alert 1  1200 SERVER-INITIATED MGMT
    Final
`;

test.each([
  ['WBXML', VECTOR],
  ['hex', VECTOR_HEX],
  ['hex in capitals with blanks and line ends', VECTOR_HEX.toUpperCase().replace(/.{8}/g, '$& \n')],
  ['hex with colons', VECTOR_HEX.replace(/..(?=.)/g, '$&:')],
  ['base64', encodeBase64(VECTOR)],
  ['base64 in lines', `${encodeBase64(VECTOR).replace(/.{60}/g, '$&\r\n')}\n`],
  ['base64 without padding', encodeBase64(VECTOR).replace(/=+$/, '')],
])('%s is found out by its octets', async (_what, input) => {
  expect(await decode(input)).toMatchObject({ exitCode: 0, text: TREE, said: [] });
});

test('XML, and hex or base64 of it', async () => {
  const { text } = await decode(XML);
  for (const input of [encodeHex(Buffer.from(XML)), encodeBase64(Buffer.from(XML))]) {
    expect(await decode(input)).toMatchObject({ exitCode: 0, text });
  }
});

test('every cut of the message prints one line that names the byte, and exits 2', async () => {
  for (let length = 0; length < VECTOR.length; length++) {
    const cut = VECTOR.subarray(0, length);
    for (const input of [cut, encodeHex(cut), encodeBase64(cut)]) {
      const { exitCode, said, text } = await decode(input);
      expect({ exitCode, text }).toEqual({ exitCode: 2, text: '' });
      expect(said).toHaveLength(1);
      expect(said[0]).toMatch(new RegExp(`^ueprov: [^\\n]*\\(byte ${length}\\)$`));
    }
  }
});

test('every cut inside a pair of hex digits or a group of base64 names the octet that is not whole', async () => {
  const base64 = encodeBase64(VECTOR);
  for (let length = 1; length < VECTOR_HEX.length; length += 2) {
    const byte = (length - 1) / 2;
    const { exitCode, said } = await decode(VECTOR_HEX.slice(0, length));
    expect([exitCode, said]).toEqual([2, [expect.stringContaining(`(byte ${byte})`)]]);
  }
  for (let length = 2; length < base64.length; length++) {
    const byte = Math.floor((length * 3) / 4);
    const { exitCode, said } = await decode(base64.slice(0, length));
    expect([exitCode, said]).toEqual([2, [expect.stringContaining(`(byte ${byte})`)]]);
  }
});

test('a fault in XML names its line', async () => {
  const { exitCode, said } = await decode(XML.replace('</Cred>', '</Crad>'));
  expect([exitCode, said]).toEqual([
    2,
    [expect.stringMatching(/^ueprov: XML_SYNTAX: .*\(line 7\)$/)],
  ]);
});

test.each([
  ['nothing', '', 'byte 0'],
  ['a text', 'hello, world', 'byte 0'],
  ['a word that might be base64', 'hello', 'byte 0'],
  ['blanks', '  \n', 'byte 0'],
])('%s is refused', async (_what, input, place) => {
  const { exitCode, said } = await decode(input);
  expect([exitCode, said]).toEqual([2, [expect.stringContaining(`(${place})`)]]);
});

test('a file that is not there is refused', async () => {
  expect(await run(['decode', 'missing'])).toMatchObject({ exitCode: 2 });
});

test('--json is the typed message, octets in hex', async () => {
  const { text } = await decode(XML, '--json');
  const { notes: _, ...message } = decodeSyncML(Buffer.from(XML));
  expect(JSON.parse(text)).toMatchObject({
    SyncHdr: message.SyncHdr,
    SyncBody: {
      commands: [
        { Chal: { Meta: { Format: 'b64', NextNonce: { hex: '00112233' } } } },
        {},
        {},
        {},
        {},
        {},
      ],
    },
  });
});

test('--xml is the message again', async () => {
  const { text } = await decode(VECTOR_HEX, '--xml');
  expect(text).toMatch(/^<SyncML xmlns="SYNCML:SYNCML1.2">\n {2}<SyncHdr>\n/);
  expect(decodeSyncML(Buffer.from(text))).toEqual(decodeSyncML(VECTOR));
});

test('two forms at once are refused', async () => {
  expect(await decode(VECTOR, '--xml', '--json')).toMatchObject({ exitCode: 2, text: '' });
  expect(await decode(VECTOR, '--hex', '--json')).toMatchObject({ exitCode: 2, text: '' });
});

test('what reading forgave goes to standard error', async () => {
  const { exitCode, said } = await decode(LAX_XML);
  expect([exitCode, said]).toEqual([
    0,
    [
      'note: SYNCML_NAMESPACE: namespace "" of the root (line 1)',
      'note: SYNCML_ORDER: VerDTD late in SyncHdr (line 1)',
      'note: SYNCML_STRAY_TEXT: text between the elements of SyncBody, left out (line 3)',
    ],
  ]);
});

test('the messages of a capture, each with its time and ends', async () => {
  const { exitCode, text } = await decode(SESSION_PCAP);
  expect(exitCode).toBe(0);
  expect(text).toMatch(
    /^1\. 1970-01-01T00:00:00\.250Z {2}192\.0\.2\.1:40000 -> 192\.0\.2\.2:80 {2}96 octets\nSyncML Pkg#1/,
  );
  expect(text).toMatch(
    /\n\n2\. 1970-01-01T00:00:01\.250Z {2}192\.0\.2\.2:80 -> 192\.0\.2\.1:40000 {2}\d+ octets\nSyncML Pkg#/,
  );
});

test('one message of a capture', async () => {
  expect(await decode(SESSION_PCAP, '--message', '1')).toMatchObject({ exitCode: 0, text: TREE });
  for (const which of ['0', '3', 'one']) {
    expect(await decode(SESSION_PCAP, '--message', which)).toMatchObject({
      exitCode: 2,
      said: [expect.stringContaining(`--message is a number from 1 to 2, not ${which}`)],
    });
  }
});

test('--json of a capture is a list with time and ends', async () => {
  const { text } = await decode(SESSION_PCAP, '--json');
  expect(JSON.parse(text)).toMatchObject([
    {
      time: '1970-01-01T00:00:00.250Z',
      from: '192.0.2.1:40000',
      to: '192.0.2.2:80',
      message: { SyncHdr: { MsgID: '1' } },
    },
    { message: { SyncHdr: { MsgID: '2' } } },
  ]);
});

test.each([[], ['--json'], ['--xml'], ['--hex']])(
  'a message of a capture that cannot be read is named, the others are printed %s',
  async (...options) => {
    const { exitCode, text, said } = await decode(CUT_PCAP, ...options.filter(Boolean));
    expect([exitCode, said]).toEqual([
      2,
      ['ueprov: message 2: WBXML_TRUNCATED: document ends too early (byte 80)'],
    ]);
    expect(text).toContain('http://p/');
  },
);

test('a HAR file', async () => {
  const type = 'application/vnd.syncml.dm+wbxml';
  const content = { mimeType: type, encoding: 'base64', text: encodeBase64(VECTOR) };
  const har = JSON.stringify({ log: { entries: [{ response: { content } }] } });
  expect(await decode(har)).toMatchObject({ exitCode: 0, text: TREE });
});

test.each([
  ['JSON that is no HAR file', '{"log": 1}', 'CAPTURE_HAR'],
  ['a HAR file without a message', '{"log": {"entries": []}}', 'CAPTURE_EMPTY'],
  ['JSON with a fault', '{"log":\n {"entries"; []}}', '(line 2)'],
])('%s is refused', async (_what, input, words) => {
  expect(await decode(input)).toMatchObject({
    exitCode: 2,
    said: [expect.stringContaining(words)],
  });
});

test('colours when they are wanted, in every form for people', async () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape of a colour
  const colours = /\u001b\[\d+m/g;
  for (const options of [[], ['--hex']]) {
    const plain = await decode(VECTOR, ...options);
    const { text } = await run(['decode', ...options], {
      files: { '-': VECTOR },
      isColoured: true,
    });
    expect(plain.text).not.toMatch(colours);
    expect(text).toMatch(colours);
    expect(text.replace(colours, '')).toBe(plain.text);
  }
});
