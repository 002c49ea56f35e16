import { describe, expect, it } from 'vitest';
import { LOCAL } from './index.ts';
import { makeTree, NOW, status } from './testing/sample-tree.ts';

function filled() {
  const tree = makeTree();
  tree.add('./Short', { Data: 'four' }, LOCAL, NOW);
  tree.add('./Number', { Data: '5' }, LOCAL, NOW);
  return tree;
}

describe('Copy', () => {
  it('overwrites a leaf, which is on its own afterwards and keeps its ACL [TND 8.1-2]', () => {
    const tree = filled();
    tree.replace('./Fixed?prop=ACL', { Data: 'Replace=s&Get=s' }, LOCAL, NOW);
    expect(status(tree.copy('./Short', './Fixed', 's', NOW))).toBe(200);
    expect(tree.text('./Fixed')).toBe('four');
    expect(tree.find('./Fixed?prop=ACL')).toMatchObject({ Data: 'Replace=s&Get=s' });
    tree.replace('./Short', { Data: 'x' }, LOCAL, NOW);
    expect(tree.text('./Fixed')).toBe('four');
  });

  it('creates the target, with its parents', () => {
    const tree = filled();
    expect(status(tree.copy('./Number', './Row/1/Value', 's', NOW))).toBe(200);
    expect(tree.find('./Row/1/Value')).toMatchObject({ Format: 'int', Data: '5' });
  });

  it('of octets copies octets', () => {
    const tree = filled();
    tree.add('./Octets', { Format: 'b64', Data: 'AAH/' }, LOCAL, NOW);
    expect(status(tree.copy('./Octets', './Octets', 's', NOW))).toBe(200);
    expect(tree.octets('./Octets')).toEqual(new Uint8Array([0, 1, 255]));
  });

  it.each([
    ['./Nothing', './Fixed', 404],
    ['./Row', './Fixed', 405],
    ['./Short', './Row', 405],
    ['./Short', './ReadOnly', 405],
    ['./Secret', './Fixed', 405],
    ['./Short', './Unknown', 405],
    ['./Short?prop=Name', './Fixed', 405],
    ['./Short', './Fixed?prop=Title', 405],
    ['./Short?list=Struct', './Fixed', 406],
    ['./Short', './Fixed?list=Struct', 406],
    ['./Short', './Fixed/', 400],
    // What the target does not take is an obstacle that is not the ACL's.
    ['./Short', './Number', 403],
    ['./Big', './Number', 403],
    ['./Number', './Html', 403],
  ])('%s to %s is %i, and changes nothing', (source, target, expected) => {
    const tree = filled();
    tree.add('./Words', { Data: '' }, LOCAL, NOW);
    tree.add('./Html', { Data: 'h' }, LOCAL, NOW);
    tree.add('./Row/big/Value', { Data: '8' }, LOCAL, NOW);
    const before = tree.snapshot();
    const from = source === './Big' ? './Row/big/Value' : source;
    expect(status(tree.copy(from, target, 's', NOW))).toBe(expected);
    expect(tree.snapshot()).toEqual(before);
  });

  it('needs Get on the source, Replace on the target, Add on the parent of a new one [R-6.8.4-1]', () => {
    const rights = (source: string, target: string, root: string) => {
      const tree = filled();
      tree.replace('./Short?prop=ACL', { Data: source }, LOCAL, NOW);
      tree.replace('./Fixed?prop=ACL', { Data: target }, LOCAL, NOW);
      tree.replace('./Row?prop=ACL', { Data: root }, LOCAL, NOW);
      return [
        status(tree.copy('./Short', './Fixed', 's', NOW)),
        status(tree.copy('./Number', './Row/1/Value', 's', NOW)),
      ];
    };
    expect(rights('Get=s', 'Replace=s', 'Add=s')).toEqual([200, 200]);
    expect(rights('Get=t', 'Replace=s', 'Add=t')).toEqual([425, 425]);
    expect(rights('Get=s', 'Replace=t&Add=s', 'Replace=s')).toEqual([425, 425]);
  });
});
