/**
 * Who may import whom: the table of ARCHITECTURE.md as data. layer-of.ts finds the row of a file,
 * imports.ts reads what it imports, layer-rule.ts compares.
 */

/**
 * A folder of `packages/protocols/src`, or a part of `dm`, and what else it may import. To the layer
 * `dm/client` belong `dm/client.ts`, `dm/client-*.ts` and `dm/client/`.
 */
export interface ProtocolLayer {
  readonly name: string;
  /** Of ours, besides itself and the shared files. */
  readonly imports: readonly string[];
}

/** The files directly in `src`: every layer may import them. */
export const SHARED_FILES = [
  'engine.ts',
  'timers.ts',
  'bytes.ts',
  'error.ts',
  'cursor.ts',
  'document.ts',
];

const PURE_LEAVES = ['xml', 'wbxml', 'mime', 'digest', 'dns', 'dhcp', 'sntp', 'syslog'];
const DM_SESSION = ['dm/tree', 'dm/auth', 'dm/packages', 'dm/user', 'syncml', 'digest'];

export const PROTOCOL_LAYERS: readonly ProtocolLayer[] = [
  ...PURE_LEAVES.map((name) => ({ name, imports: [] })),
  { name: 'syncml', imports: ['xml', 'wbxml'] },
  { name: 'dm/tree', imports: ['xml', 'wbxml'] },
  { name: 'dm/auth', imports: ['syncml', 'digest', 'dm/tree'] },
  { name: 'dm/packages', imports: ['syncml', 'digest', 'dm/tree'] },
  { name: 'dm/user', imports: ['syncml', 'dm/packages'] },
  { name: 'dm/http', imports: ['digest', 'mime'] },
  { name: 'dm/client', imports: DM_SESSION },
  { name: 'dm/server', imports: DM_SESSION },
  {
    name: 'dm/bootstrap',
    imports: ['dm/tree', 'mo', 'syncml', 'xml', 'wbxml', 'digest'],
  },
  { name: 'mo', imports: ['dm/tree'] },
  { name: 'sip', imports: ['digest', 'mime', 'dns', 'xml'] },
  { name: 'push', imports: ['digest', 'mime', 'sip', 'xml'] },
  { name: 'gba', imports: ['digest', 'xml', 'dns'] },
  { name: 'soap', imports: ['xml', 'mime'] },
  { name: 'events', imports: ['syncml', 'syslog', 'mo'] },
  { name: 'software', imports: ['xml', 'mo', 'digest'] },
];

/** npm libraries of `protocols`: pure ones, each behind one module (path relative to `src`). */
export const PROTOCOL_LIBRARIES: Readonly<Record<string, string>> = {
  'libxml2-wasm': 'xml/schema.ts',
  pkijs: 'software/cms.ts',
  asn1js: 'software/cms.ts',
};

/** Node's modules that are functions of their input as a whole. */
export const PURE_MODULES = ['node:assert', 'node:buffer'];

/** Of node:crypto, what is a function of its input: nothing random, nothing asynchronous. */
export const PURE_CRYPTO = [
  'createHash',
  'createHmac',
  'createCipheriv',
  'createDecipheriv',
  'hash',
  'timingSafeEqual',
];

/** Actors in which only `shell/` and `main.ts` touch the world: what lies beside them is pure. */
export const PURE_ACTORS = ['packages/ims-lab/src/', 'packages/ue/src/'];

/** Pure modules of the actor that also has a store and an API. */
export const PURE_ACTOR_MODULES = [
  'latency-histogram.ts',
  'loop-guard.ts',
  'notifier.ts',
  'plan.ts',
  'push/gateway.ts',
  'push/gateway-delivery.ts',
  'push/gateway-record.ts',
  'push/push-message.ts',
  'registrations.ts',
  'wake-failure.ts',
  'wake-funnel.ts',
  'wake-lanes.ts',
  'wake-message.ts',
  'wake-states.ts',
].map((name) => `packages/provisioning-server/src/${name}`);

/** What a package or a top folder may import of our packages. */
export interface PackageLayer {
  readonly name: string;
  /** `types` of a module only, the whole of a package (`/*` any entry), or `*`: anything. */
  readonly imports: readonly string[];
  readonly typesOnly?: readonly string[];
}

export const ACTORS = ['ue', 'provisioning-server', 'configuration-server', 'ims-lab'];
const PROTOCOLS = '@ueprov/protocols';
const SHELL = '@ueprov/shell';
const ALL_ACTORS = ACTORS.map((name) => `@ueprov/${name}`);
const API_TYPES = ['@ueprov/provisioning-server/api'];

export const PACKAGE_LAYERS: readonly PackageLayer[] = [
  { name: 'packages/protocols', imports: [] },
  { name: 'packages/shell', imports: [PROTOCOLS] },
  ...ACTORS.map((name) => ({ name: `packages/${name}`, imports: [PROTOCOLS, SHELL] })),
  { name: 'packages/console', imports: [], typesOnly: API_TYPES },
  { name: 'packages/client', imports: [], typesOnly: API_TYPES },
  { name: 'packages/testbed', imports: [PROTOCOLS, ...ALL_ACTORS] },
  {
    name: 'packages/cli',
    imports: [PROTOCOLS, SHELL, ...ALL_ACTORS, '@ueprov/testbed', '@ueprov/client'],
  },
  { name: 'tools', imports: [] },
  { name: 'test', imports: ['*'] },
  { name: 'bench', imports: ['*'] },
  { name: 'fuzz', imports: ['*'] },
  { name: 'examples', imports: ['*'] },
];
