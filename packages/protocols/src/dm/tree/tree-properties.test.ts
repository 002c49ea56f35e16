import { describe, expect, it } from 'vitest';
import { LOCAL, type Tree } from './index.ts';
import { makeTree, NOW, status } from './testing/sample-tree.ts';

describe('properties', () => {
  const read = (tree: Tree, uri: string) => {
    const outcome = tree.get(uri, 's');
    return outcome.ok ? outcome.value.Data : outcome.status;
  };

  it('all eight can be read [TND 7.1-1] [TND 7.1-2] [TND 7.7.7-1]', () => {
    const tree = makeTree();
    tree.add('./Short', { Data: 'ä' }, 's', NOW);
    const values = ['ACL', 'Format', 'Name', 'Size', 'Title', 'TStamp', 'Type', 'VerNo'].map(
      (prop) => read(tree, `./Short?prop=${prop}`),
    );
    expect(values).toEqual(['', 'chr', 'Short', '2', '', '20260102T030405Z', 'text/plain', '1']);
  });

  it('an interior node has Format node and no Size [TND 7.1-3]', () => {
    expect(read(makeTree(), './Row?prop=Format')).toBe('node');
    expect(read(makeTree(), './Row?prop=Size')).toBe(406);
  });

  it('Size of base64 text is that of the octets [TND 7.7.4-1]', () => {
    const tree = makeTree();
    tree.add('./Base64', { Data: 'AAAAAAAAAAA=' }, 's', NOW);
    expect(read(tree, './Base64?prop=Size')).toBe('8');
  });

  it('VerNo and TStamp follow the other properties as well', () => {
    const tree = makeTree();
    tree.replace('./Fixed?prop=Title', { Data: 'T' }, 's', NOW);
    tree.replace('./Fixed?prop=ACL', { Data: 'Get=*' }, 's', NOW + 1000);
    expect(read(tree, './Fixed?prop=VerNo')).toBe('2');
    expect(read(tree, './Fixed?prop=TStamp')).toBe('20260102T030406Z');
  });

  it('VerNo and TStamp follow the value, FFFF being followed by 0 [TND 7.7.6-1] [TND 7.7.8-1]', () => {
    const tree = makeTree();
    for (let count = 0; count < 0xffff; count++) tree.replace('./Fixed', { Data: '' }, 's', NOW);
    expect(read(tree, './Fixed?prop=VerNo')).toBe('65535');
    tree.replace('./Fixed', { Data: '' }, LOCAL, NOW + 1000);
    expect(read(tree, './Fixed?prop=VerNo')).toBe('0');
    expect(read(tree, './Fixed?prop=TStamp')).toBe('20260102T030406Z');
  });

  it.each(['Format', 'Size', 'TStamp', 'Type', 'VerNo'])(
    '%s cannot be replaced: 405 [TND 7.1-6]',
    (prop) => {
      const uri = `./Fixed?prop=${prop}`;
      expect(status(makeTree().replace(uri, { Data: '1' }, 's', NOW))).toBe(405);
    },
  );

  it('Title takes 255 octets and not 256 [TND 7.7.5-1]', () => {
    const tree = makeTree();
    const title = (Data: string) => status(tree.replace('./Fixed?prop=Title', { Data }, 's', NOW));
    expect(title('a'.repeat(255))).toBe(200);
    expect(title(`${'a'.repeat(254)}ä`)).toBe(413);
    expect(read(tree, './Fixed?prop=Title')).toBe('a'.repeat(255));
  });

  it('Name renames a row: 418 if taken, 405 if permanent or given by the description [TND 7.7.3-1]', () => {
    const tree = makeTree();
    tree.add('./Row/1/Value', { Data: '4' }, 's', NOW);
    tree.add('./Row/2', { Format: 'node' }, 's', NOW);
    tree.add('./Number', {}, 's', NOW);
    const rename = (uri: string, Data: string) =>
      status(tree.replace(`${uri}?prop=Name`, { Data }, 's', NOW));
    expect(rename('./Row/1', '2')).toBe(418);
    expect(rename('./Row/1', 'a/b')).toBe(400);
    expect(rename('./Row/1', '..')).toBe(400);
    expect(rename('./Fixed', 'Other')).toBe(405);
    expect(rename('./Number', 'Other')).toBe(405);
    expect(rename('.', 'Other')).toBe(405);
    expect(rename('./Row/1', 'one')).toBe(200);
    expect(tree.text('./Row/one/Value')).toBe('4');
    expect(read(tree, './Row/one?prop=Name')).toBe('one');
    expect(tree.find('./Row/1')).toBeUndefined();
  });
});

it('a name that is too long, or makes an address below too long, is 414', () => {
  const tree = makeTree();
  tree.add('./Row/1/Sub/x/Leaf', { Data: '' }, LOCAL, NOW);
  tree.replace('./DevDetail/URI/MaxTotLen', { Data: '30' }, LOCAL, NOW);
  const rename = (Data: string) => status(tree.replace('./Row/1?prop=Name', { Data }, 's', NOW));
  const longest = '1'.repeat(1 + 30 - 'Row/1/Sub/x/Leaf'.length);
  expect(rename(`${longest}1`)).toBe(414);
  expect(rename(longest)).toBe(200);
  tree.replace('./DevDetail/URI/MaxTotLen', { Data: '0' }, LOCAL, NOW);
  tree.replace(`./Row/${longest}?prop=Name`, { Data: '2' }, 's', NOW);
  tree.replace('./DevDetail/URI/MaxSegLen', { Data: '9' }, LOCAL, NOW);
  expect(status(tree.replace('./Row/2?prop=Name', { Data: '1234567890' }, 's', NOW))).toBe(414);
  expect(status(tree.replace('./Row/2?prop=Name', { Data: '123456789' }, 's', NOW))).toBe(200);
});

it('addressing limits are those that DevDetail states at the moment [TND 6.1-4]', () => {
  const tree = makeTree();
  expect(status(tree.get('./DevDetail/URI/MaxDepth', 's'))).toBe(200);
  tree.replace('./DevDetail/URI/MaxSegLen', { Data: '9' }, LOCAL, NOW);
  expect(status(tree.get('./DevDetail/URI', 's'))).toBe(200);
  expect(status(tree.get('./DevDetails1', 's'))).toBe(414);
  tree.replace('./DevDetail/URI/MaxTotLen', { Data: '13' }, LOCAL, NOW);
  expect(status(tree.get('./DevDetail/URI', 's'))).toBe(200);
  expect(status(tree.get('./DevDetail/URI/', 's'))).toBe(414);
  tree.replace('./DevDetail?prop=Title', { Data: '' }, LOCAL, NOW);
});
