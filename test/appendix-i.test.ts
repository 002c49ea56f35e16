/**
 * Appendix I of PKT-SP-UE-PROV, steps 4 to 7, played with both engines and the codec: same packages, same order.
 * Its samples have faults (Type and Format swapped, `DevID`, Item/Source where Target is meant, CmdID out of
 * order): they are taken from a peer, and none of them is ever sent.
 */
import { credentialOf, DmClient, DmServer, type Operation } from '@ueprov/protocols/dm';
import {
  type Command,
  decodeSyncML,
  type Encoding,
  encodeSyncML,
  type Item,
  type SyncML,
} from '@ueprov/protocols/syncml';
import { describe, expect, test } from 'vitest';
import {
  outline,
  Pair,
  SERVER_ID,
  sampleTree,
  seededRandom,
} from '../packages/protocols/src/dm/testing/pair.ts';

const SERVER_URL = 'http://www.operator.example/mgmt-server';
const DEVICE = 'sip:device-aor@operator.example';
const CLCRED = credentialOf('basic', 'device', 'client-secret');
const SRVCRED = credentialOf('basic', 'server', 'server-secret');
const account = { CLCRED, SRVCRED };

const HDR = (msg: string, target: string, source: string, cred = '') => `<SyncHdr>
  <VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>${msg}</MsgID>
  <Target><LocURI>${target}</LocURI></Target><Source><LocURI>${source}</LocURI></Source>${cred}
</SyncHdr>`;

const CRED = (text: string) => `<Cred><Meta>
  <Type xmlns='syncml:metinf'>syncml:auth-basic</Type><Format xmlns='syncml:metinf'>b64</Format>
</Meta><Data>${Buffer.from(text).toString('base64')}</Data></Cred>`;

/** Type and Format as the appendix has them: each in the place of the other. */
const SWAPPED = (format: string) => `<Meta>
  <Type xmlns='syncml:metinf'>${format}</Type><Format xmlns='syncml:metinf'>text/plain</Format>
</Meta>`;

const DEV_INFO = (name: string, data: string) => `<Item>
  <Source><LocURI>./DevInfo/${name}</LocURI></Source>${SWAPPED('chr')}<Data>${data}</Data>
</Item>`;

/** Step 4, as printed: CmdID 1 and 3, `DevID`, Type and Format swapped. */
const PACKAGE_1 = `<SyncML xmlns='SYNCML:SYNCML1.2'>
${HDR('1', SERVER_URL, DEVICE, CRED('device:client-secret'))}
<SyncBody>
  <Alert><CmdID>1</CmdID><Data>1200</Data></Alert>
  <Replace><CmdID>3</CmdID>
    ${DEV_INFO('DevID', DEVICE)}
    ${DEV_INFO('Man', 'Vendor.Example.Net, Inc.')}
    ${DEV_INFO('Mod', 'ZZZ Device')}
  </Replace>
  <Final/>
</SyncBody></SyncML>`;

/** Step 5, as printed: CmdID behind MsgRef and Cmd, Item/Source in the Replace, Type and Format swapped. */
const PACKAGE_2 = `<SyncML xmlns='SYNCML:SYNCML1.2'>
${HDR('1', DEVICE, SERVER_URL, CRED('server:server-secret'))}
<SyncBody>
  <Status><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><CmdID>6</CmdID>
    <TargetRef>${SERVER_URL}</TargetRef><SourceRef>${DEVICE}</SourceRef><Data>212</Data></Status>
  <Status><MsgRef>1</MsgRef><CmdRef>1</CmdRef><CmdID>7</CmdID><Cmd>Alert</Cmd><Data>200</Data></Status>
  <Status><MsgRef>1</MsgRef><CmdRef>3</CmdRef><CmdID>8</CmdID><Cmd>Replace</Cmd><Data>200</Data></Status>
  <Replace><CmdID>2</CmdID>
    <Item><Source><LocURI>./XX/YY/Count</LocURI></Source>${SWAPPED('int')}<Data>10</Data></Item>
  </Replace>
  <Get><CmdID>4</CmdID><Item><Target><LocURI>./XX/YY/Status</LocURI></Target></Item></Get>
  <Final/>
</SyncBody></SyncML>`;

/** Step 6, as printed: the Status of the SyncHdr without its addresses, a stray mark in TargetRef. */
const PACKAGE_3 = (replace: string, get: string) => `<SyncML xmlns='SYNCML:SYNCML1.2'>
${HDR('2', SERVER_URL, DEVICE)}
<SyncBody>
  <Status><MsgRef>1</MsgRef><CmdID>1</CmdID><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>212</Data></Status>
  <Status><MsgRef>1</MsgRef><CmdRef>${replace}</CmdRef><CmdID>2</CmdID><Cmd>Replace</Cmd>
    <TargetRef>&gt;./XX/YY/Count</TargetRef><Data>200</Data></Status>
  <Status><MsgRef>1</MsgRef><CmdRef>${get}</CmdRef><CmdID>3</CmdID><Cmd>Get</Cmd>
    <TargetRef>&gt;./XX/YY/Status</TargetRef><Data>200</Data></Status>
  <Results><MsgRef>1</MsgRef><CmdRef>${get}</CmdRef><CmdID>4</CmdID>
    <Item><Source><LocURI>./XX/YY/Status</LocURI></Source><Data>operational</Data></Item></Results>
  <Final/>
</SyncBody></SyncML>`;

/** Step 7, as printed. */
const PACKAGE_4 = `<SyncML xmlns='SYNCML:SYNCML1.2'>
${HDR('2', DEVICE, SERVER_URL)}
<SyncBody>
  <Status><MsgRef>2</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><CmdID>1</CmdID><Data>200</Data></Status>
  <Final/>
</SyncBody></SyncML>`;

const OPERATIONS: readonly Operation[] = [
  {
    id: 'count',
    kind: 'Replace',
    uri: './XX/YY/Count',
    Format: 'int',
    Type: 'text/plain',
    Data: '10',
  },
  { id: 'status', kind: 'Get', uri: './XX/YY/Status' },
];

const bytes = (text: string) => new TextEncoder().encode(text);

describe('Appendix I', () => {
  test.each(['xml', 'wbxml'] as const)(
    'between our two sides, in %s: packages #1 to #4',
    (encoding) => {
      const pair = played(encoding);
      expect(pair.wire.map(({ from, message }) => `${from}: ${outline(message)}`)).toEqual([
        'client: Alert 1200, Replace, Final',
        'server: SyncHdr=212, Alert=200, Replace=200, Replace, Get, Final',
        'client: SyncHdr=212, Replace=200, Get=200, Results, Final',
        'server: SyncHdr=200, Final',
      ]);
      expect(pair.ends).toEqual(['completed', 'completed']);
      expect(pair.results).toEqual(['count: 200', 'status: 200']);
      expect(pair.tree.text('./XX/YY/Count')).toBe('10');
    },
  );

  test('its server: our client carries out what the faulty package #2 means, and ends on package #4', () => {
    const tree = sampleTree();
    const client = new DmClient({
      ServerID: SERVER_ID,
      url: SERVER_URL,
      DevId: DEVICE,
      SessionID: '1',
      alert: '1200',
      CLCRED,
      SRVCRED,
      tree,
      MaxMsgSize: 10_000,
      MaxObjSize: 8000,
      random: seededRandom(1),
    });
    const first = client.step({ kind: 'start' }, 0).find((effect) => effect.kind === 'send');
    expect(outline(first!.message)).toBe('Alert 1200, Replace, Final');
    // The appendix numbers its Replace 3, we number ours 2; a Status for either leaves the client unmoved.
    const effects = client.step(
      { kind: 'message', message: decodeSyncML(bytes(PACKAGE_2), 'xml') },
      1,
    );
    const third = effects.find((effect) => effect.kind === 'send')!.message;
    expect(outline(third)).toBe('SyncHdr=212, Replace=200, Get=200, Results, Final');
    expect(third.SyncBody.commands.map(refs)).toEqual([
      `1/0 ${DEVICE}`,
      '1/2 ',
      '1/4 ./XX/YY/Status',
      '1/4 ./XX/YY/Status operational',
    ]);
    expect(tree.find('./XX/YY/Count')).toMatchObject({
      Format: 'int',
      Type: 'text/plain',
      Data: '10',
    });
    const end = client.step({ kind: 'message', message: decodeSyncML(bytes(PACKAGE_4), 'xml') }, 2);
    expect(end).toEqual([{ kind: 'ended', result: 'completed' }]);
  });

  test('its client: our server learns DevInfo from the faulty package #1 and the results from #3', () => {
    const server = new DmServer({
      ServerID: SERVER_ID,
      url: SERVER_URL,
      account,
      MaxMsgSize: 10_000,
      MaxObjSize: 8000,
      random: seededRandom(2),
    });
    const told = server.step(
      { kind: 'message', message: decodeSyncML(bytes(PACKAGE_1), 'xml') },
      0,
    );
    expect(told.map(({ kind }) => kind)).toEqual(['authenticated', 'alert', 'DevInfo', 'ready']);
    const devInfo = told.flatMap((effect) => (effect.kind === 'DevInfo' ? effect.items : []));
    expect(devInfo).toEqual([
      devInfoItem('DevId', DEVICE),
      devInfoItem('Man', 'Vendor.Example.Net, Inc.'),
      devInfoItem('Mod', 'ZZZ Device'),
    ]);
    const second = server.step({ kind: 'operations', operations: OPERATIONS }, 1);
    const reply = second.find((effect) => effect.kind === 'reply')!.message;
    expect(reply.SyncHdr.Cred?.Data).toBe(Buffer.from('server:server-secret').toString('base64'));
    expect(reply.SyncBody.commands.map(refs).slice(0, 3)).toEqual([
      `1/0 ${SERVER_URL}`,
      '1/1 ',
      '1/3 ',
    ]);
    const CmdIDs = reply.SyncBody.commands.slice(3).map(({ CmdID }) => CmdID);
    const third = decodeSyncML(bytes(PACKAGE_3(CmdIDs[0]!, CmdIDs[1]!)), 'xml');
    expect(server.step({ kind: 'message', message: third }, 2)).toEqual([
      { kind: 'result', id: 'count', status: 200 },
      {
        kind: 'result',
        id: 'status',
        status: 200,
        value: { Format: 'chr', Type: 'text/plain', Data: 'operational' },
      },
      { kind: 'ready' },
    ]);
    const last = server.step({ kind: 'operations', operations: [] }, 3);
    expect(last.map(({ kind }) => kind)).toEqual(['reply', 'ended']);
  });

  test('package #4 is these octets in WBXML and in XML (wbxml2xml reads the former as the latter)', () => {
    const [, , , fourth] = played('wbxml', 'http://p/', 'IMEI:1').wire;
    expect(Buffer.from(encodeSyncML(fourth!.message, 'wbxml')).toString('hex')).toBe(
      '03a4016a006d6c7103312e3200017203444d2f312e32000165033100015b033200016e5703494d45493a31000101' +
        '675703687474703a2f2f702f000101016b694b033100015c033200014c033000014a0353796e634864720001' +
        '6f03687474703a2f2f702f00016803494d45493a3100014f03323030000101120101',
    );
    expect(new TextDecoder().decode(encodeSyncML(fourth!.message, 'xml'))).toContain(
      '<Status><CmdID>1</CmdID><MsgRef>2</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd>' +
        '<TargetRef>http://p/</TargetRef><SourceRef>IMEI:1</SourceRef><Data>200</Data></Status>' +
        '<Final/></SyncBody></SyncML>',
    );
  });

  test('its faults are never sent: Format and Type in place, DevId, Target, CmdID first', () => {
    const { wire } = played('xml');
    const texts = wire.map(({ message }) => new TextDecoder().decode(encodeSyncML(message, 'xml')));
    for (const text of texts) {
      expect(text).not.toContain('DevID');
      expect(text).not.toMatch(/<Type[^>]*>(?:chr|int)</);
      expect(text).not.toMatch(/<Format[^>]*>text\/plain</);
      // RepPro: CmdID is the first element of every command.
      for (const [, next] of text.matchAll(
        /<(?:Status|Alert|Replace|Get|Results)>\s*<([A-Za-z]+)/g,
      )) {
        expect(next).toBe('CmdID');
      }
    }
    const items = wire.flatMap(({ message }) => message.SyncBody.commands.flatMap(itemsOf));
    expect(items.length).toBeGreaterThan(5);
    const [, second] = wire;
    for (const item of second!.message.SyncBody.commands.flatMap(itemsOf)) {
      expect(item.Target).toBeDefined();
      expect(item.Source).toBeUndefined();
    }
  });
});

function played(encoding: Encoding, url = SERVER_URL, DevId = DEVICE): Pair {
  return new Pair({
    client: { url, DevId, CLCRED, SRVCRED },
    server: { url, account },
    plan: (round) => (round === 0 ? OPERATIONS : []),
    tamper: (message): SyncML => decodeSyncML(encodeSyncML(message, encoding), encoding),
  }).run();
}

function devInfoItem(name: string, Data: string): Item {
  const Meta = { Format: 'chr', Type: 'text/plain' };
  return { Source: { LocURI: `./DevInfo/${name}` }, Meta, Data };
}

function itemsOf(command: Command): readonly Item[] {
  return 'Items' in command ? command.Items : [];
}

/** MsgRef, CmdRef and the first address: what ties an answer to its command. */
function refs(command: Command): string {
  if (command.kind === 'Status') {
    return `${command.MsgRef}/${command.CmdRef} ${command.TargetRef[0] ?? ''}`;
  }
  if (command.kind !== 'Results') return command.kind;
  const [item] = command.Items;
  return `${command.MsgRef}/${command.CmdRef} ${item?.Source?.LocURI} ${item?.Data}`;
}
