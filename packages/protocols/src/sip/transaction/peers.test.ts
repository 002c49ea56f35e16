import { expect, test } from 'vitest';
import { Peers } from './peers.ts';

const TCP = { address: '192.0.2.1', port: 5060, transport: 'tcp' } as const;

test('a peer is transport, address and port; its flow does not matter', () => {
  const peers = new Peers();
  peers.add(TCP, 'a');
  peers.add({ ...TCP, flow: 'f1' }, 'b');
  peers.add({ ...TCP, transport: 'udp' }, 'c');
  peers.add({ ...TCP, port: 5061 }, 'd');
  expect(peers.of({ ...TCP, flow: 'f2' })).toEqual(['a', 'b']);
  // UDP is what is meant when nothing is said.
  expect(peers.of({ address: TCP.address, port: TCP.port })).toEqual(['c']);
});

test('what is removed leaves nothing behind', () => {
  const peers = new Peers();
  peers.add(TCP, 'a');
  peers.remove(TCP, 'a');
  peers.remove(TCP, 'a');
  expect(peers.of(TCP)).toEqual([]);
  expect(peers.count).toBe(0);
});
