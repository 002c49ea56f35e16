/** Faults of a server with objects in chunks. */
import type { Item } from '@ueprov/protocols/syncml';
import { lie, type Rewrite, withCommands, withHeader, without } from './mutant.ts';
import { appended, GET, hears, type ServerMutant, says } from './server-faults.ts';

/** Changes the Items of every Add and Replace. */
function written(change: (item: Item) => Item): Rewrite {
  return (message) =>
    withCommands(message, (all) =>
      all.map((each) =>
        each.kind === 'Add' || each.kind === 'Replace'
          ? { ...each, Items: each.Items.map(change) }
          : each,
      ),
    );
}

/** Of a Status of an object that the device does not take. */
const taken = lie('Replace', ['413'], '213');

export const OBJECT_MUTANTS: readonly ServerMutant[] = [
  says('S-CHUNK-200', 'calls a chunk of Results done', 'LOB-1.1', lie('Results', ['213'], '200')),
  says('S-CHUNK-ALERT', 'calls a chunk of an alert done', 'LOB-1.3', lie('Alert', ['213'], '200')),
  says('S-CHUNK-ASKS', 'asks for something between two chunks', 'LOB-1.2', appended(GET)),
  says(
    'S-CHUNK-LIES',
    'takes every object of an alert',
    'LOB-1.4 LOB-1.7 LOB-1.8',
    lie('Alert', ['411', '413', '416', '424'], '200'),
  ),
  says(
    'S-RESULTS-LIES',
    'takes every object of Results',
    'LOB-1.5',
    without((each) => each.kind === 'Status' && each.Cmd === 'Results'),
  ),
  says(
    'S-1225',
    'says nothing of an object that does not end',
    'LOB-1.6',
    without((each) => each.kind === 'Alert' && each.Data === '1225'),
  ),
  says(
    'S-NO-SIZE',
    'states no Size',
    'LOB-1.9',
    written(({ Meta: { Size: _, ...Meta } = {}, ...item }) => ({ ...item, Meta })),
  ),
  hears('S-INSISTS', 'sends an object that was refused', 'LOB-1.10', taken),
  hears('S-MAXOBJSIZE', 'ignores MaxObjSize', 'LOB-1.11', (m) => {
    const { MaxObjSize: _, ...Meta } = m.SyncHdr.Meta ?? {};
    return withHeader(m, { Meta });
  }),
];
