/** Tree serialization in a session: a server adds and reads sub-trees of a real device tree, in both spellings. */
import { randomBytes } from 'node:crypto';
import {
  credentialOf,
  DmClient,
  DmServer,
  type Operation,
  type OperationResult,
} from '@ueprov/protocols/dm';
import { decodeTnds, encodeTnds, TNDS_TYPES, type Tree } from '@ueprov/protocols/dm/tree';
import { makeDeviceTree } from '@ueprov/protocols/mo';
import { decodeSyncML, type Encoding, encodeSyncML } from '@ueprov/protocols/syncml';
import { expect, test } from 'vitest';

const SERVER_ID = 'prov.example';
const URL = 'http://prov.example/dm';
const CLCRED = credentialOf('md5', 'ue1', 'secret-of-ue');
const SRVCRED = credentialOf('md5', SERVER_ID, 'secret-of-server');

function deviceTree(): Tree {
  const account = {
    ServerID: SERVER_ID,
    ConRef: [],
    AppAddr: [{ Addr: URL, AddrType: 'URI' }],
    AppAuth: [],
    DMInitConnect: false,
    AuthExt: '',
  } as const;
  const info = { DevId: 'urn:x:1', Man: 'Example', Mod: 'One' };
  return makeDeviceTree(
    { info, detail: { DevTyp: 'UE', FwV: '1', SwV: '1', HwV: '1' }, account },
    0,
  );
}

/** Plays a session over the codec; gives back the results by operation. */
function play(tree: Tree, operations: readonly Operation[], encoding: Encoding) {
  const common = {
    ServerID: SERVER_ID,
    url: URL,
    MaxMsgSize: 65_536,
    MaxObjSize: 1_000_000,
    random: randomBytes,
  };
  const client = new DmClient({
    ...common,
    DevId: 'urn:x:1',
    SessionID: '1',
    alert: '1201',
    CLCRED,
    SRVCRED,
    tree,
  });
  const server = new DmServer({ ...common, account: { CLCRED, SRVCRED } });
  const results = new Map<string, OperationResult>();
  let todo = operations;
  let sent = client.step({ kind: 'start' }, 0);
  for (;;) {
    const send = sent.find((effect) => effect.kind === 'send');
    if (send === undefined) return results;
    const heard = decodeSyncML(encodeSyncML(send.message, encoding));
    const effects = server.step({ kind: 'message', message: heard }, 0);
    if (effects.some(({ kind }) => kind === 'ready')) {
      effects.push(...server.step({ kind: 'operations', operations: todo }, 0));
      todo = [];
    }
    for (const effect of effects) if (effect.kind === 'result') results.set(effect.id, effect);
    const reply = effects.find((effect) => effect.kind === 'reply');
    if (reply === undefined) return results;
    const message = decodeSyncML(encodeSyncML(reply.message, encoding));
    sent = client.step({ kind: 'message', message }, 0);
  }
}

test.each(['xml', 'wbxml'] as const)(
  'a UE takes a serialized sub-tree in one Add, and gives one back in one Get, in %s [R-6.3.1-3]',
  (encoding) => {
    const tree = deviceTree();
    const document = decodeTnds(
      '<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>1</NodeName>' +
        '<RTProperties><Format><node/></Format><Type><DDFName></DDFName></Type></RTProperties>' +
        '<Node><NodeName>Domain</NodeName><RTProperties><Format><chr/></Format>' +
        '<Type><MIME>text/plain</MIME></Type></RTProperties><Value>ims.test</Value></Node></Node></MgmtTree>',
    );
    const spelled = encodeTnds(document, encoding);
    const Data = encoding === 'xml' ? Buffer.from(spelled).toString() : spelled;
    const results = play(
      tree,
      [
        {
          id: 'add',
          kind: 'Add',
          uri: './PktcUE/Op',
          Format: encoding === 'xml' ? 'xml' : 'bin',
          Type: TNDS_TYPES[encoding],
          Data,
        },
        { id: 'get', kind: 'Get', uri: './PktcUE/Op?list=TNDS' },
      ],
      encoding,
    );
    expect(results.get('add')?.status).toBe(200);
    expect(tree.text('./PktcUE/Op/1/Domain')).toBe('ims.test');
    const answer = results.get('get');
    expect(answer?.status).toBe(200);
    const told = decodeTnds(answer?.value?.Data ?? '');
    expect(JSON.stringify(told.nodes)).toContain('ims.test');
  },
);
