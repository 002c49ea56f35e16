import { describe, expect, it } from 'vitest';
import { LOCAL, type Outcome, type Shape, Tree } from '../dm/tree/index.ts';
import {
  type DeviceFacts,
  type DmAccount,
  deviceShape,
  dmAccounts,
  makeDeviceTree,
  missingObjects,
  operators,
  PKTC_VERSION,
  preferredAuth,
  publicIdentities,
  readDmAcc,
  restoreDeviceTree,
  writeDmAcc,
  writeNonce,
} from './index.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

const ACCOUNT: DmAccount = {
  ServerID: 'dm.example',
  Name: 'Operator',
  ConRef: ['./NAP/1'],
  AppAddr: [{ Addr: 'http://dm.example/dm', AddrType: 'URI', PortNbr: 8080 }],
  AAuthPref: 'DIGEST',
  AppAuth: [
    { AAuthLevel: 'CLCRED', AAuthType: 'BASIC', AAuthName: 'ue1', AAuthSecret: 'pw1' },
    {
      AAuthLevel: 'CLCRED',
      AAuthType: 'DIGEST',
      AAuthName: 'ue1',
      AAuthSecret: 'pw1',
      AAuthData: new Uint8Array([1, 2, 3]),
    },
    { AAuthLevel: 'SRVCRED', AAuthType: 'DIGEST', AAuthName: 'dm.example', AAuthSecret: 'pw2' },
  ],
  DMInitConnect: true,
  AuthExt: '',
};

const FACTS: DeviceFacts = {
  info: { DevId: 'urn:uuid:1', Man: 'Example', Mod: 'UE', BatteryBackup: true },
  detail: { DevTyp: 'UE', FwV: '1', SwV: '2', HwV: '3' },
  account: ACCOUNT,
};

function status(outcome: Outcome<unknown>): number {
  return outcome.ok ? 200 : outcome.status;
}

function add(tree: Tree, uri: string, Data: string, who = 'dm.example'): number {
  return status(tree.add(uri, { Data }, who, NOW));
}

describe('DevInfo', () => {
  const read = (tree: Tree, uri: string) => tree.get(uri, 'anybody');

  it('reports the PacketCable version, capability 5.1 [R-C.1.1-1] [R-C-i1]', () => {
    const version = read(makeDeviceTree(FACTS, NOW), './DevInfo/Ext/Pktc2/PktcVersion');
    expect(version).toMatchObject({ value: { Format: 'chr', Data: PKTC_VERSION } });
  });

  it('reports battery backup, capability 5.26, as 0 or 1 in any case [R-C.1.2-1]', () => {
    const battery = './DevInfo/Ext/Pktc2/BatteryBackup';
    expect(read(makeDeviceTree(FACTS, NOW), battery)).toMatchObject({ value: { Data: '1' } });
    const { BatteryBackup, ...info } = FACTS.info;
    const without = makeDeviceTree({ ...FACTS, info }, NOW);
    expect(read(without, battery)).toMatchObject({ value: { Format: 'int', Data: '0' } });
  });

  it('has no other capability, the rest being reserved [R-C-i2]', () => {
    const tree = makeDeviceTree(FACTS, NOW);
    expect(tree.children('./DevInfo/Ext/Pktc2')).toEqual([
      'PktcVersion',
      'BatteryBackup',
      'SwTriggerVersions',
    ]);
  });

  it('has the nodes of the standard and its identifier, and no server writes them', () => {
    const tree = makeDeviceTree(FACTS, NOW);
    expect(tree.children('./DevInfo')).toEqual(['DevId', 'Man', 'Mod', 'DmV', 'Lang', 'Ext']);
    expect(read(tree, './DevInfo?prop=Type')).toMatchObject({
      value: { Data: 'urn:oma:mo:oma-dm-devinfo:1.0' },
    });
    expect(status(tree.replace('./DevInfo/DevId', { Data: 'x' }, 'dm.example', NOW))).toBe(405);
    expect(status(tree.delete('./DevInfo/Ext', 'dm.example', NOW))).toBe(405);
    expect(add(tree, './DevInfo/Ext/x', 'y')).toBe(405);
  });
});

it('DevDetail states limits that the tree keeps', () => {
  const tree = makeDeviceTree(FACTS, NOW);
  expect(tree.text('./DevDetail/SwV')).toBe('2');
  expect(tree.find('./DevDetail/LrgObj')).toMatchObject({ Format: 'bool', Data: 'false' });
  const segment = Number(tree.text('./DevDetail/URI/MaxSegLen'));
  expect(status(tree.get(`./${'a'.repeat(segment)}`, 's'))).toBe(404);
  expect(status(tree.get(`./${'a'.repeat(segment + 1)}`, 's'))).toBe(414);
  const depth = Number(tree.text('./DevDetail/URI/MaxDepth'));
  expect(status(tree.get(Array(depth).fill('a').join('/'), 's'))).toBe(404);
  expect(
    status(
      tree.get(
        Array(depth + 1)
          .fill('a')
          .join('/'),
        's',
      ),
    ),
  ).toBe(414);
});

describe('DMAcc', () => {
  it('is read as it was written', () => {
    expect(readDmAcc(makeDeviceTree(FACTS, NOW), './DMAcc/1')).toEqual(ACCOUNT);
  });

  it('survives a snapshot with its nonce', () => {
    const snapshot = JSON.parse(JSON.stringify(makeDeviceTree(FACTS, NOW).snapshot()));
    expect(dmAccounts(restoreDeviceTree(snapshot))).toEqual([
      { root: './DMAcc/1', account: ACCOUNT },
    ]);
  });

  it('keeps secrets and nonces from everybody: Get is 405', () => {
    const tree = makeDeviceTree(FACTS, NOW);
    for (const leaf of ['AAuthSecret', 'AAuthData']) {
      expect(status(tree.get(`./DMAcc/1/AppAuth/2/${leaf}`, 'dm.example'))).toBe(405);
      expect(status(tree.get(`./DMAcc/1/AppAuth/2/${leaf}?prop=Size`, 'dm.example'))).toBe(405);
    }
    expect(status(tree.get('./DMAcc/1/AppAuth/2/AAuthName', 'dm.example'))).toBe(200);
  });

  it('belongs to its server, and another server neither reads nor changes it [R-6.8.4-1]', () => {
    const tree = makeDeviceTree(FACTS, NOW);
    const other = { ...ACCOUNT, ServerID: 'other.example' };
    writeDmAcc(tree, './DMAcc/2', other, NOW);
    expect(status(tree.get('./DMAcc/1/Name', 'other.example'))).toBe(425);
    expect(status(tree.get('./DMAcc/2/Name', 'dm.example'))).toBe(425);
    const rename = (root: string, who: string) =>
      status(tree.replace(`${root}/Name`, { Data: 'mine' }, who, NOW));
    expect(rename('./DMAcc/1', 'dm.example')).toBe(200);
    expect(rename('./DMAcc/2', 'dm.example')).toBe(425);
    expect(rename('./DMAcc/2', 'other.example')).toBe(200);
    expect(add(tree, './DMAcc/3/ServerID', 'third.example', 'other.example')).toBe(425);
    expect(add(tree, './DMAcc/3/ServerID', 'third.example')).toBe(200);
  });

  it('has both nodes of the PacketCable extension, whichever is named [R-6.5-14]', () => {
    for (const name of ['DMInitConnect', 'AuthExt']) {
      const tree = makeDeviceTree(FACTS, NOW);
      const init = './DMAcc/x/Ext/Pktc2/Boot/Init';
      const Data = name === 'AuthExt' ? '3GPP-GBA' : 'true';
      expect(add(tree, './DMAcc/x/ServerID', 'x.example')).toBe(200);
      expect(add(tree, `${init}/${name}`, Data)).toBe(200);
      expect(tree.text(`${init}/${name}`)).toBe(Data);
      expect(tree.children(init)).toEqual(['DMInitConnect', 'AuthExt']);
      expect(status(tree.delete(`${init}/AuthExt`, 'dm.example', NOW))).toBe(405);
    }
  });

  it('without the extension waits for Package #0', () => {
    const tree = makeDeviceTree(FACTS, NOW);
    tree.delete('./DMAcc/1/Ext', LOCAL, NOW);
    expect(readDmAcc(tree, './DMAcc/1')).toMatchObject({ DMInitConnect: false, AuthExt: '' });
  });

  it('that lacks ServerID or address is no account', () => {
    const tree = makeDeviceTree(FACTS, NOW);
    add(tree, './DMAcc/2/ServerID', 'x.example');
    expect(readDmAcc(tree, './DMAcc/2')).toBeUndefined();
    expect(readDmAcc(tree, './DMAcc/nothing')).toBeUndefined();
    expect(dmAccounts(tree)).toHaveLength(1);
    add(tree, './DMAcc/2/AppAddr/a/Addr', 'http://x.example/');
    expect(readDmAcc(tree, './DMAcc/2')?.AppAddr).toEqual([
      { Addr: 'http://x.example/', AddrType: 'URI' },
    ]);
  });

  it('uses AAuthPref for the client, and the first entry otherwise', () => {
    expect(preferredAuth(ACCOUNT, 'CLCRED')?.AAuthType).toBe('DIGEST');
    expect(preferredAuth({ ...ACCOUNT, AAuthPref: 'HMAC' }, 'CLCRED')?.AAuthType).toBe('BASIC');
    expect(preferredAuth(ACCOUNT, 'SRVCRED')?.AAuthName).toBe('dm.example');
    expect(preferredAuth(ACCOUNT, 'HTTP')).toBeUndefined();
  });

  it('keeps a new nonce for its level alone', () => {
    const tree = makeDeviceTree(FACTS, NOW);
    writeNonce(tree, './DMAcc/1', 'SRVCRED', new Uint8Array([9]), NOW);
    const entries = readDmAcc(tree, './DMAcc/1')?.AppAuth ?? [];
    expect(entries.map(({ AAuthData }) => AAuthData)).toEqual([
      undefined,
      new Uint8Array([1, 2, 3]),
      new Uint8Array([9]),
    ]);
  });

  it('takes only values of the standard', () => {
    const tree = makeDeviceTree(FACTS, NOW);
    const level = './DMAcc/1/AppAuth/1/AAuthLevel';
    expect(status(tree.replace(level, { Data: 'ROOT' }, 'dm.example', NOW))).toBe(500);
    expect(status(tree.replace(level, { Data: 'HTTP' }, 'dm.example', NOW))).toBe(200);
  });
});

describe('PktcUE and PktcUsr', () => {
  const PROFILE: Record<string, string> = {
    './PktcUE/Op/1/Domain': 'home.example',
    './PktcUE/Op/1/Dns/1/Addr': '192.0.2.53',
    './PktcUE/Op/1/PCSCF/1/Addr': 'pcscf.home.example',
    './PktcUE/Op/1/PCSCF/1/SipPort': '5070',
    './PktcUE/Op/1/PCSCF/1/TimerT1': '600',
    './PktcUE/Op/1/PCSCF/1/TimerT2': '4100',
    './PktcUE/Op/1/PCSCF/1/InviteAttempts': '4',
    './PktcUE/Op/1/BSF/1/Addr': 'bsf.home.example',
    './PktcUsr/IMPU/1/Id': 'sip:ue1@home.example',
    './PktcUsr/IMPU/1/IMPIRef': '1',
    './PktcUsr/IMPU/1/SigSecurity': 'false',
    './PktcUsr/IMPI/1/Id': 'ue1@home.example',
    './PktcUsr/IMPI/1/CredsType': '3',
    './PktcUsr/IMPI/1/Credentials': 'secret',
  };

  function profiled(): Tree {
    const tree = makeDeviceTree(FACTS, NOW);
    for (const [uri, Data] of Object.entries(PROFILE))
      expect([uri, add(tree, uri, Data)]).toEqual([uri, 200]);
    return tree;
  }

  it('a profile is added leaf by leaf and read back by the server that configures', () => {
    const tree = profiled();
    for (const [uri, Data] of Object.entries(PROFILE)) {
      const read = tree.get(uri, 'dm.example');
      if (uri.endsWith('Credentials')) expect(status(read)).toBe(405);
      else expect(read).toMatchObject({ value: { Data } });
      expect(status(tree.get(uri, 'other.example'))).not.toBe(200);
    }
  });

  it('a column that is not there has the default of the data model', () => {
    const [operator] = operators(profiled());
    expect(operator).toMatchObject({ Domain: 'home.example', Dns: ['192.0.2.53'] });
    expect(operator?.PCSCF).toEqual([
      {
        uri: './PktcUE/Op/1/PCSCF/1',
        Addr: 'pcscf.home.example',
        SipPort: 5070,
        TimerT1: 600,
        TimerT2: 4100,
        TimerT4: 5000,
        TimerTD: 32000,
        InviteAttempts: 4,
        MaxTime: 1800,
        BaseTimeAllFailed: 30,
        BaseTimeAllNotFailed: 90,
        SubscribeRetry: 900,
      },
    ]);
    expect(operator?.BSF).toEqual([{ ASType: '', Addr: 'bsf.home.example', UseDNS: false }]);
  });

  it('rows come in the order of their numbers', () => {
    const tree = profiled();
    add(tree, './PktcUE/Op/1/PCSCF/10/Addr', 'ten');
    add(tree, './PktcUE/Op/1/PCSCF/2/Addr', 'two');
    const addresses = operators(tree)[0]?.PCSCF.map(({ Addr }) => Addr);
    expect(addresses).toEqual(['pcscf.home.example', 'two', 'ten']);
  });

  it('a table takes 16 rows and not 17', () => {
    const tree = makeDeviceTree(FACTS, NOW);
    for (let row = 1; row <= 16; row++)
      expect(add(tree, `./PktcUE/Op/${row}/Domain`, 'd')).toBe(200);
    expect(add(tree, './PktcUE/Op/17/Domain', 'd')).toBe(405);
  });

  it('status is read and not written', () => {
    const tree = profiled();
    const status405 = [
      './PktcUE/ProvState',
      './PktcUsr/IMPU/1/OperStat',
      './PktcUE/Op/1/PCSCF/1/UsedAddr',
    ];
    for (const uri of status405) {
      expect(status(tree.get(uri, 'dm.example'))).toBe(200);
      expect(status(tree.replace(uri, { Data: '1' }, 'dm.example', NOW))).toBe(405);
    }
  });

  it('values out of range are refused', () => {
    const tree = profiled();
    const replace = (uri: string, Data: string) =>
      status(tree.replace(uri, { Data }, 'dm.example', NOW));
    expect(replace('./PktcUE/Op/1/PCSCF/1/InviteAttempts', '8')).toBe(500);
    expect(replace('./PktcUE/Op/1/PCSCF/1/SipPort', '65536')).toBe(500);
    expect(replace('./PktcUE/Op/1/PCSCF/1/TimerT1', 'soon')).toBe(415);
    expect(replace('./PktcUsr/IMPU/1/SigSecurity', '1')).toBe(415);
  });

  it('identities come with the private one that they refer to, equal ones once', () => {
    const tree = profiled();
    add(tree, './PktcUsr/IMPU/2/Id', 'sip:ue1@home.example');
    add(tree, './PktcUsr/IMPU/3/Id', 'tel:+15550100');
    add(tree, './PktcUsr/IMPU/3/AdminStat', '2');
    add(tree, './PktcUsr/IMPU/3/OpRefs', '1, 2');
    expect(publicIdentities(tree)).toEqual([
      {
        uri: './PktcUsr/IMPU/1',
        Id: 'sip:ue1@home.example',
        DispInfo: '',
        OpRefs: [],
        isActive: true,
        SigSecurity: false,
        IMPI: {
          uri: './PktcUsr/IMPI/1',
          Id: 'ue1@home.example',
          CredsType: 3,
          Credentials: 'secret',
        },
      },
      {
        uri: './PktcUsr/IMPU/3',
        Id: 'tel:+15550100',
        DispInfo: '',
        OpRefs: ['1', '2'],
        isActive: false,
        SigSecurity: true,
      },
    ]);
  });

  it('what a UE cannot do without is told', () => {
    const tree = makeDeviceTree(FACTS, NOW);
    expect(missingObjects(tree)).toEqual(['./PktcUE/Op', './PktcUE/Op/PCSCF', './PktcUsr/IMPU']);
    expect(missingObjects(profiled())).toEqual([]);
    const idle = profiled();
    add(idle, './PktcUsr/IMPU/1/AdminStat', '2');
    expect(missingObjects(idle)).toEqual(['./PktcUsr/IMPU']);
  });
});

it('a vendor adds an object of its own beside the others', () => {
  const vendor: Shape = {
    name: 'Vendor',
    Format: 'node',
    AccessType: ['Get', 'Add'],
    occurrence: 'One',
    scope: 'Permanent',
    description: 'Anything.',
    open: true,
  };
  const tree = makeDeviceTree({ ...FACTS, vendor: [vendor] }, NOW);
  expect(status(tree.add('./Vendor/a/b', { Format: 'int', Data: '1' }, 'dm.example', NOW))).toBe(
    200,
  );
  const again = restoreDeviceTree(JSON.parse(JSON.stringify(tree.snapshot())), [vendor]);
  expect(again.text('./Vendor/a/b')).toBe('1');
  expect(new Tree(deviceShape()).children('.')).not.toContain('Vendor');
});

describe('the description', () => {
  const walk = (shape: Shape, path: string): [string, Shape][] => [
    [path, shape],
    ...(shape.children ?? []).flatMap((child) => walk(child, `${path}/${child.name || '<X>'}`)),
  ];

  it.each(walk(deviceShape(), '.'))('%s is sound', (_, shape) => {
    expect(shape.description).not.toBe('');
    const isInterior = shape.Format === 'node';
    expect(shape.children !== undefined).toBe(isInterior);
    if (isInterior) expect(shape.DefaultValue).toBeUndefined();
    const names = (shape.children ?? []).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    // A default is a value that a server could have written.
    if (shape.DefaultValue === undefined) return;
    const parent: Shape = { ...deviceShape(), children: [{ ...shape, name: 'Node' }] };
    const found = new Tree(parent);
    if (shape.scope === 'Dynamic') {
      expect(status(found.add('./Node', {}, LOCAL, NOW))).toBe(200);
    }
    expect(found.text('./Node')).toBe(shape.DefaultValue);
  });
});

describe('commands of the tree', () => {
  it('are Replace: a server resets a UE by writing, and no node wants Exec [R-6.8.2-i1]', () => {
    const tree = makeDeviceTree(FACTS, NOW);
    const asked = tree.replace('./PktcUE/Reset', { Data: 'true' }, 'dm.example', NOW);
    expect(status(asked)).toBe(200);
    const shapes = (shape: Shape): Shape[] => [shape, ...(shape.children ?? []).flatMap(shapes)];
    const executable = shapes(deviceShape()).filter(({ AccessType }) =>
      AccessType.includes('Exec'),
    );
    expect(executable).toEqual([]);
  });
});
