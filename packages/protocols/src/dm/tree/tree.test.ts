import { describe, expect, it } from 'vitest';
import { LOCAL, OPEN_ROOT, Tree, VALUE_SIZE_MAX } from './index.ts';
import { makeTree, NOW, status } from './testing/sample-tree.ts';

describe('Get', () => {
  it('answers value, Format and Type of a leaf', () => {
    expect(makeTree().get('./Fixed', 's')).toEqual({
      ok: true,
      value: { Format: 'chr', Type: 'text/plain', Data: 'start' },
    });
  });

  it('answers the child names of an interior node, and nothing for a childless one [TND 8.1-1]', () => {
    expect(makeTree().get('./DevDetail/URI', 's')).toEqual({
      ok: true,
      value: { Format: 'node', Type: 'text/plain', Data: 'MaxDepth/MaxTotLen/MaxSegLen' },
    });
    expect(makeTree().get('./Row', 's')).toMatchObject({ value: { Format: 'node', Data: '' } });
  });

  it('of what does not exist is 404', () => {
    expect(status(makeTree().get('./Nothing', 's'))).toBe(404);
    expect(status(makeTree().get('./Fixed/Below', 's'))).toBe(404);
    expect(status(makeTree().get('./__proto__', 's'))).toBe(404);
    expect(status(makeTree().get('./constructor/prototype', 's'))).toBe(404);
  });

  it('tells names that differ in case apart [TND 6.1-3]', () => {
    const tree = new Tree(OPEN_ROOT);
    tree.add('./a', { Data: 'small' }, LOCAL, NOW);
    tree.add('./A', { Data: 'capital' }, LOCAL, NOW);
    expect(tree.text('./a')).toBe('small');
    expect(tree.text('./A')).toBe('capital');
  });

  it('against the AccessType is 405, though the device itself reads it [TND 9-1]', () => {
    const tree = makeTree();
    tree.replace('./Secret', { Data: 'hush' }, 's', NOW);
    expect(status(tree.get('./Secret', 's'))).toBe(405);
    expect(status(tree.get('./Secret?prop=Size', 's'))).toBe(405);
    expect(tree.text('./Secret')).toBe('hush');
  });
});

describe('Add', () => {
  it('creates a leaf, with what Meta does not say from the description', () => {
    const tree = makeTree();
    expect(status(tree.add('./Number', { Data: '5' }, 's', NOW))).toBe(200);
    expect(tree.find('./Number')).toEqual({ Format: 'int', Type: 'text/plain', Data: '5' });
  });

  it('without Data takes the default', () => {
    const tree = makeTree();
    expect(status(tree.add('./Choice', {}, 's', NOW))).toBe(200);
    expect(tree.text('./Choice')).toBe('a');
  });

  it('of an existing node is 418 and changes nothing [TND 6.2-1]', () => {
    const tree = makeTree();
    expect(status(tree.add('./Fixed', { Data: 'x' }, 's', NOW))).toBe(418);
    expect(status(tree.add('.', { Format: 'node' }, 's', NOW))).toBe(418);
    expect(tree.text('./Fixed')).toBe('start');
  });

  it('creates the parents that are missing, with their permanent nodes [TND 6.4-1]', () => {
    const tree = makeTree();
    expect(status(tree.add('./Row/1/Sub/x/Leaf', { Data: 'deep' }, 's', NOW))).toBe(200);
    expect(tree.children('./Row/1')).toEqual(['Setting', 'State', 'Sub']);
    expect(tree.text('./Row/1/State')).toBe('new');
    expect(tree.text('./Row/1/Sub/x/Leaf')).toBe('deep');
    expect(tree.find('./Row/1?prop=Type')).toMatchObject({ Data: 'urn:test:row:1.0' });
  });

  it('that the description does not know is 405, and names the parent that failed', () => {
    const tree = makeTree();
    expect(status(tree.add('./Unknown', { Data: '' }, 's', NOW))).toBe(405);
    expect(tree.add('./Unknown/a/b', { Data: '' }, 's', NOW)).toMatchObject({
      status: 405,
      at: './Unknown',
    });
    expect(tree.add('./Row/1/State', { Data: '' }, 's', NOW)).not.toHaveProperty('at');
    expect(tree.children('./Row')).toEqual([]);
  });

  it('under a leaf, against AccessType and of permanent nodes is 405 [TND 6.2-2]', () => {
    const tree = makeTree();
    expect(status(tree.add('./Fixed/x', { Data: '' }, 's', NOW))).toBe(405);
    expect(status(tree.add('./Number/x', { Data: '' }, 's', NOW))).toBe(405);
    expect(status(tree.add('./Unaddable', { Data: '' }, 's', NOW))).toBe(405);
  });

  it('of a permanent node that comes with a parent created now is taken, later 418', () => {
    const tree = makeTree();
    expect(status(tree.add('./Row/1/Setting', { Data: 'on' }, 's', NOW))).toBe(200);
    expect(tree.text('./Row/1/Setting')).toBe('on');
    expect(status(tree.add('./Row/1/Setting', { Data: 'off' }, 's', NOW))).toBe(418);
    expect(status(tree.add('./Row/2/Sub', { Format: 'node' }, 's', NOW))).toBe(200);
    expect(status(tree.delete('./Row/2/Sub', 's', NOW))).toBe(405);
  });

  it('past the occurrence of the description is 405 [TND 9-2]', () => {
    const tree = makeTree();
    expect(status(tree.add('./Row/1', { Format: 'node' }, 's', NOW))).toBe(200);
    expect(status(tree.add('./Row/2/Value', { Data: '1' }, 's', NOW))).toBe(200);
    expect(status(tree.add('./Row/3', { Format: 'node' }, 's', NOW))).toBe(405);
    expect(status(tree.add('./Row/3/Value', { Data: '1' }, 's', NOW))).toBe(405);
    tree.delete('./Row/1', 's', NOW);
    expect(status(tree.add('./Row/3/Value', { Data: '1' }, 's', NOW))).toBe(200);
  });

  it('of a property is 405 [TND 7.1-5]', () => {
    expect(status(makeTree().add('./Fixed?prop=ACL', { Data: '' }, 's', NOW))).toBe(405);
  });

  it('with a refused value creates nothing, parents neither', () => {
    const tree = makeTree();
    expect(status(tree.add('./Row/1/Value', { Data: 'one' }, 's', NOW))).toBe(415);
    expect(tree.children('./Row')).toEqual([]);
  });

  it('with node where a leaf belongs, or a leaf where a node belongs, is 415', () => {
    expect(status(makeTree().add('./Number', { Format: 'node' }, 's', NOW))).toBe(415);
    expect(status(makeTree().add('./Row/1', { Format: 'chr' }, 's', NOW))).toBe(415);
  });

  it('below an open shape makes leaves and interior nodes of any Format', () => {
    const tree = new Tree(OPEN_ROOT);
    tree.add('./Ext', { Format: 'node', Type: 'com.example/1.0/x' }, LOCAL, NOW);
    tree.add('./Ext/n', { Format: 'int', Data: '1' }, LOCAL, NOW);
    tree.add('./Ext/plain', { Data: 'text' }, LOCAL, NOW);
    expect(tree.find('./Ext?prop=Type')).toMatchObject({ Data: 'com.example/1.0/x' });
    expect(tree.find('./Ext/n')).toMatchObject({ Format: 'int' });
    expect(tree.find('./Ext/plain')).toMatchObject({ Format: 'chr', Type: 'text/plain' });
    expect(status(tree.add('./Ext/m', { Format: 'int', Data: 'x' }, LOCAL, NOW))).toBe(415);
  });

  it('to a full tree is 420', () => {
    const tree = new Tree(OPEN_ROOT, undefined, { nodesMax: 3 });
    expect(status(tree.add('./a/b', { Data: '' }, LOCAL, NOW))).toBe(200);
    expect(status(tree.add('./c', { Data: '' }, LOCAL, NOW))).toBe(420);
    tree.delete('./a', LOCAL, NOW);
    expect(status(tree.add('./c/d/e', { Data: '' }, LOCAL, NOW))).toBe(420);
    expect(status(tree.add('./c/d', { Data: '' }, LOCAL, NOW))).toBe(200);
  });

  it('names of Object.prototype are names like any other', () => {
    const tree = new Tree(OPEN_ROOT);
    expect(status(tree.add('./__proto__/polluted', { Data: 'yes' }, LOCAL, NOW))).toBe(200);
    expect(tree.text('./__proto__/polluted')).toBe('yes');
    const again = new Tree(OPEN_ROOT, JSON.parse(JSON.stringify(tree.snapshot())));
    expect(again.text('./__proto__/polluted')).toBe('yes');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('Replace', () => {
  it('changes a value and counts a version', () => {
    const tree = makeTree();
    const before = tree.version;
    expect(status(tree.replace('./Fixed', { Data: 'next' }, 's', NOW))).toBe(200);
    expect(tree.text('./Fixed')).toBe('next');
    expect(tree.version).toBe(before + 1);
  });

  it('never creates: 404', () => {
    expect(status(makeTree().replace('./Number', { Data: '1' }, 's', NOW))).toBe(404);
  });

  it('of an interior node or against AccessType is 405', () => {
    expect(status(makeTree().replace('./Row', { Data: 'x' }, 's', NOW))).toBe(405);
    expect(status(makeTree().replace('./ReadOnly', { Data: 'x' }, 's', NOW))).toBe(405);
    expect(status(makeTree().replace('./ReadOnly', { Data: 'x' }, LOCAL, NOW))).toBe(200);
  });

  it('without Data is 400, with empty Data it blanks', () => {
    const tree = makeTree();
    expect(status(tree.replace('./Fixed', {}, 's', NOW))).toBe(400);
    expect(tree.text('./Fixed')).toBe('start');
    expect(status(tree.replace('./Fixed', { Data: '' }, 's', NOW))).toBe(200);
    expect(tree.text('./Fixed')).toBe('');
  });

  it.each([
    ['./Number', { Data: 'seven' }, 415],
    ['./Number', { Data: '8' }, 500],
    ['./Number', { Data: '0' }, 500],
    ['./Number', { Data: '7' }, 200],
    ['./Number', { Format: 'chr', Data: '7' }, 415],
    ['./Number', { Format: 'text/plain', Data: '7' }, 415],
    ['./Choice', { Data: 'c' }, 500],
    ['./Words', { Data: 'down  up' }, 200],
    ['./Words', { Data: '' }, 200],
    ['./Words', { Data: 'up left' }, 500],
    ['./Short', { Data: 'four' }, 200],
    ['./Short', { Data: 'fives' }, 500],
    ['./Short', { Data: 'äää' }, 500],
    ['./Html', { Type: 'text/plain', Data: '' }, 415],
    ['./Html', { Type: 'Text/HTML; charset=utf-8', Data: '' }, 200],
    ['./Base64', { Data: 'AA=' }, 415],
    ['./Octets', { Format: 'b64', Data: '!' }, 415],
    ['./Short', { Data: new Uint8Array([0xff]) }, 415],
    ['./Short', { Data: new Uint8Array([0x61]) }, 200],
    ['./Html', { Data: 'x'.repeat(VALUE_SIZE_MAX) }, 200],
    ['./Html', { Data: 'x'.repeat(VALUE_SIZE_MAX + 1) }, 413],
  ])('%s with %o is %i [TND 9-4]', (uri, value, expected) => {
    const tree = makeTree();
    expect(status(tree.add(uri, {}, LOCAL, NOW))).toBe(200);
    const before = tree.find(uri);
    expect(status(tree.replace(uri, value, 's', NOW))).toBe(expected);
    if (expected !== 200) expect(tree.find(uri)).toEqual(before);
  });

  it('keeps octets as octets, whether they came as base64 text or raw', () => {
    const tree = makeTree();
    tree.add('./Octets', { Format: 'b64', Data: 'AAH/' }, 's', NOW);
    const octets = { Format: 'bin', Type: 'text/plain', Data: new Uint8Array([0, 1, 255]) };
    expect(tree.find('./Octets')).toEqual(octets);
    tree.replace('./Octets', { Format: 'bin', Data: new Uint8Array([9]) }, 's', NOW);
    expect(tree.octets('./Octets')).toEqual(new Uint8Array([9]));
    const window = new Uint8Array([7]);
    tree.replace('./Octets', { Format: 'bin', Data: window }, 's', NOW);
    window[0] = 8;
    expect(tree.octets('./Octets')).toEqual(new Uint8Array([7]));
  });
});

describe('Delete', () => {
  it('takes a node with all that is below it [TND 8.1-3]', () => {
    const tree = makeTree();
    tree.add('./Row/1/Sub/x/Leaf', { Data: '' }, 's', NOW);
    expect(status(tree.delete('./Row/1', 's', NOW))).toBe(200);
    expect(tree.children('./Row')).toEqual([]);
  });

  it('of the root, of a permanent node and of a property is 405, of nothing 404 [TND 6.3-1]', () => {
    expect(status(makeTree().delete('.', 's', NOW))).toBe(405);
    expect(status(makeTree().delete('./Fixed', 's', NOW))).toBe(405);
    expect(status(makeTree().delete('./Fixed?prop=Title', 's', NOW))).toBe(405);
    expect(status(makeTree().delete('./Number', 's', NOW))).toBe(404);
  });

  it('against AccessType is 405', () => {
    const tree = makeTree();
    tree.add('./Undeletable', { Data: '' }, 's', NOW);
    expect(status(tree.delete('./Undeletable', 's', NOW))).toBe(405);
  });
});

describe('what the description wants at least once', () => {
  const needed = () => {
    const tree = makeTree();
    tree.add('./Needed/Single', { Data: '' }, LOCAL, NOW);
    tree.add('./Needed/Some/a', { Data: '' }, LOCAL, NOW);
    tree.add('./Needed/Some/b', { Data: '' }, LOCAL, NOW);
    return tree;
  };

  it('is not deleted by a server: 405 [TND 9-3]', () => {
    const tree = needed();
    expect(status(tree.delete('./Needed/Single', 's', NOW))).toBe(405);
    expect(status(tree.delete('./Needed/Some/a', 's', NOW))).toBe(200);
    expect(status(tree.delete('./Needed/Some/b', 's', NOW))).toBe(405);
    expect(status(tree.delete('./Needed/Some/b', LOCAL, NOW))).toBe(200);
  });

  it('goes with its parent', () => {
    expect(status(needed().delete('./Needed', 's', NOW))).toBe(200);
  });

  it('may be another one after a Replace of the sub-tree, but not none', () => {
    const tree = needed();
    const some = (...names: readonly string[]) => {
      const nodes = names.map(
        (name) => `<Node><NodeName>${name}</NodeName><Value>v</Value></Node>`,
      );
      const top = `<NodeName>Some</NodeName><RTProperties><Format><node/></Format></RTProperties>`;
      const Data = `<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node>${top}${nodes.join('')}</Node></MgmtTree>`;
      const value = { Type: 'application/vnd.syncml.dmtnds+xml', Data };
      return status(tree.replace('./Needed', value, 's', NOW));
    };
    expect(some()).toBe(405);
    expect(tree.children('./Needed/Some')).toEqual(['a', 'b']);
    expect(some('c')).toBe(200);
    expect(tree.children('./Needed/Some')).toEqual(['c']);
  });
});

it('Exec is checked and left to the caller', () => {
  const tree = makeTree();
  expect(status(tree.exec('./Fixed', 's'))).toBe(200);
  expect(status(tree.exec('./ReadOnly', 's'))).toBe(405);
  expect(status(tree.exec('./Number', 's'))).toBe(404);
  expect(status(tree.exec('./Fixed?prop=ACL', 's'))).toBe(405);
});
