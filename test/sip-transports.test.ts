// The main flow with SIP over TCP, over TLS and on IPv6: what each UE's line says was seen on the wire.
import { expect, test } from 'vitest';
import { startLab } from '../packages/cli/src/lab/lab.ts';
import { report } from '../packages/cli/src/lab/progress.ts';

test.each([
  ['tcp', false, { transport: 'tcp', security: 'none', ip: 'ipv4' }],
  ['tls', false, { transport: 'tls', security: 'tls', ip: 'ipv4' }],
  ['udp', true, { transport: 'udp', security: 'none', ip: 'ipv6' }],
  ['tls', true, { transport: 'tls', security: 'tls', ip: 'ipv6' }],
] as const)('a UE is woken and configured over %s (IPv6: %s)', async (transport, isIPv6, wire) => {
  const done = Promise.withResolvers<void>();
  const between = new Set<string>();
  const lab = await startLab({
    ues: 1,
    encoding: 'wbxml',
    transport,
    isIPv6,
    onArrow: (_ue, { from, to }) => between.add(`${from} > ${to}`),
    onProgress: (progress) => progress.isDone && done.resolve(),
  });
  try {
    await done.promise;
    const [ue] = lab.progress.ues;
    expect(ue && report(ue)).toMatchObject({ configured: true, ...wire });
    // Whoever answers over a connection, the ladder knows the boxes at both ends.
    for (const hop of ['S-CSCF > Prov. Server', 'Prov. Server > S-CSCF', 'P-CSCF > UE']) {
      expect(between).toContain(hop);
    }
    for (const hop of ['UE > S-CSCF', 'S-CSCF > UE']) expect(between).not.toContain(hop);
  } finally {
    await lab.close();
  }
});
