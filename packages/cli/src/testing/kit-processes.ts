/** For tests: the conformance kit, our server and our UE, each a process of its own, as an operator runs them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, Program } from './program.ts';

const HOST = '127.0.0.1';
const ANY_PORT = `${HOST}:0`;
const IMPU = 'sip:ue@home.example';
const SERVER_ID = 'kit.home.example';

/** What both ends are told of each other. */
function accountOf() {
  const DevId = `urn:uuid:${randomUUID()}`;
  const text = () => randomBytes(18).toString('base64url');
  const nonce = () => randomBytes(16).toString('base64');
  return {
    DevId,
    CLCRED: { name: 'ue', secret: text(), nonce: nonce() },
    SRVCRED: { secret: text(), nonce: nonce() },
  };
}

type Account = ReturnType<typeof accountOf>;

/** Options of `ueprov conformance client` and `server` alike. */
function accountOptions({ DevId, CLCRED, SRVCRED }: Account): readonly string[] {
  return [
    ...['--server-id', SERVER_ID, '--dev-id', DevId, '--client-name', CLCRED.name],
    ...['--client-secret-env', 'KIT_CLIENT', '--server-secret-env', 'KIT_SERVER'],
    ...['--client-nonce', CLCRED.nonce, '--server-nonce', SRVCRED.nonce],
    ...['--patience', '5000', '--json'],
  ];
}

function secretsOf({ CLCRED, SRVCRED }: Account): Readonly<Record<string, string>> {
  return { KIT_CLIENT: CLCRED.secret, KIT_SERVER: SRVCRED.secret };
}

/** Runs `use` with a folder of its own; programs that it started are ended afterwards. */
async function withFolder<Value>(
  use: (
    folder: string,
    start: (...args: ConstructorParameters<typeof Program>) => Program,
  ) => Value,
): Promise<Awaited<Value>> {
  const folder = await mkdtemp(join(tmpdir(), 'ueprov-kit-'));
  const programs: Program[] = [];
  try {
    return await use(folder, (...args) => {
      const program = new Program(...args);
      programs.push(program);
      return program;
    });
  } finally {
    for (const program of programs) await program.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** `ueprov conformance server` against `ueprov server run`. */
export function serverByKit(more: readonly string[] = []): Promise<Ended> {
  return withFolder(async (folder, start) => {
    const account = accountOf();
    const config = join(folder, 'server.yaml');
    await writeFile(config, JSON.stringify(serverDocument(account, folder)));
    const server = start(['server', 'run', '--config', config]);
    const url = await server.word(/OMA DM +(http\S+)/);
    const sip = await server.word(/SIP +(\S+)\/udp/);
    const api = await server.word(/API +(http\S+)/);
    const token = await server.word(/#token=(\S+)/);
    const wake = join(folder, 'wake.mjs');
    await writeFile(wake, wakeScript(`${api}/devices/${account.DevId}/wake`));
    const kit = start(
      [
        ...['conformance', 'server', '--url', url, '--sip', sip, '--impu', IMPU],
        ...['--core', ANY_PORT, '--wake', `"${process.execPath}" "${wake}"`],
        ...accountOptions(account),
        ...more,
      ],
      { ...secretsOf(account), KIT_TOKEN: token },
    );
    return kit.ended();
  });
}

/** Enough for several messages of 2000 octets, and an object that fits into none of them. */
function serverDocument({ DevId, CLCRED, SRVCRED }: Account, folder: string): unknown {
  const read = Array.from({ length: 24 }, (_, index) => `./Kit/Leaf${index + 1}`);
  const nodes = { './Kit/Wanted': 'wanted', './Kit/Large': 'large '.repeat(1000) };
  return {
    data: join(folder, 'data'),
    sip: { host: HOST, port: 0, trusted: [HOST] },
    dm: { host: HOST, port: 0, ServerID: SERVER_ID },
    api: { host: HOST, port: 0 },
    profiles: [{ name: 'kit', read, nodes }],
    devices: [{ DevId, IMPU, profile: 'kit', CLCRED, SRVCRED }],
  };
}

function wakeScript(url: string): string {
  return `await fetch(${JSON.stringify(url)}, {
  method: 'POST',
  headers: { Authorization: \`Bearer \${process.env.KIT_TOKEN}\` },
});
`;
}

/** `ueprov conformance client` against `ueprov ue run`. */
export function clientByKit(more: readonly string[] = []): Promise<Ended> {
  return withFolder(async (folder, start) => {
    const account = accountOf();
    const ground = join(folder, 'ground.json');
    await writeFile(ground, JSON.stringify(GROUND));
    const kit = start(
      [
        ...['conformance', 'client', '--listen', ANY_PORT, '--core', ANY_PORT, '--ground', ground],
        ...accountOptions(account),
        ...more,
      ],
      secretsOf(account),
    );
    const [host = HOST, port] = (await kit.word(/P-CSCF is (\S+)\/udp/)).split(':');
    const url = await kit.word(/server is (http\S+)/);
    const config = join(folder, 'ue.yaml');
    const pCscf = { host, port: Number(port) };
    await writeFile(config, JSON.stringify(ueDocument(account, url, folder, pCscf)));
    start(['ue', 'run', '--config', config]);
    return kit.ended();
  });
}

/** What the tree of our UE is good for, beside what every client has. */
const GROUND = {
  bool: './DMAcc/1/Ext/Pktc2/Boot/Init/DMInitConnect',
  int: './PktcMEM/Control/MaxEntries',
  secret: 'AppAuth/1/AAuthSecret',
};

function ueDocument(
  { DevId, CLCRED, SRVCRED }: Account,
  Addr: string,
  folder: string,
  pCscf: { readonly host: string; readonly port: number },
): unknown {
  return {
    tree: join(folder, 'tree.json'),
    encoding: 'xml',
    sip: {
      IMPI: 'ue@home.example',
      IMPU,
      password: 'not-asked-for',
      domain: 'home.example',
      instance: `urn:uuid:${randomUUID()}`,
      pCscf,
    },
    device: { DevId, Man: 'Example Devices', Mod: 'Kit UE' },
    accounts: [{ ServerID: SERVER_ID, Addr, CLCRED, SRVCRED: { name: SERVER_ID, ...SRVCRED } }],
    events: {},
  };
}
