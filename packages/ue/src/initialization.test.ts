import { LOCAL } from '@ueprov/protocols/dm/tree';
import { appendToLog } from '@ueprov/protocols/mo';
import { expect, test } from 'vitest';
import { bootstrapTree } from './bootstrap.ts';
import { initializeTree } from './initialization.ts';
import { SERVER_ID, sampleConfig } from './testing/sample-config.ts';

test('a restart drops what the log kept in volatile memory, and nothing else [R-6.8.3.1.4.2-4]', () => {
  const tree = bootstrapTree(sampleConfig(), 0);
  const event = {
    Enterprise: 4491,
    Severity: 'minor',
    Text: '',
    Endpoint: '',
    Mechanisms: [],
  } as const;
  appendToLog(tree, { ...event, EventID: 1, NonVolatile: false }, 0);
  appendToLog(tree, { ...event, EventID: 2, NonVolatile: true }, 0);
  appendToLog(tree, { ...event, EventID: 3, NonVolatile: false }, 0);
  tree.replace('./PktcUE/SipPort', { Data: '5070' }, LOCAL, 0);
  initializeTree(tree, 0);
  expect(tree.children('./PktcMEM/Log')).toEqual(['2']);
  expect(tree.text('./PktcUE/SipPort')).toBe('5070');
});

test('a server can read that this device sends no syslog', () => {
  const tree = bootstrapTree(sampleConfig(), 0);
  initializeTree(tree, 0);
  const supported = tree.get('./PktcMEM/Syslog/Supported', SERVER_ID);
  expect(supported).toMatchObject({ ok: true, value: { Data: 'false' } });
});
