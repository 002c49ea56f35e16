/** The nodes of a device: what it shall hold, what it said it holds, and how that came about. */
import { SegmentedControl, Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Node } from '@ueprov/provisioning-server/api';
import { useState } from 'react';
import { ConfigStateOf } from '../frame/state.tsx';
import { Uri } from '../frame/uri.tsx';
import { useFlash } from '../frame/use-flash.ts';
import { Time } from '../frame/zone.tsx';
import { isSuccess } from '../session/status.ts';

export function NodeTable({ nodes }: { readonly nodes: readonly Node[] }) {
  const [open, setOpen] = useState(false);
  const unsettled = nodes.filter((node) => node.state !== 'verified' && node.state !== 'unmanaged');
  const shown = open ? unsettled : nodes;
  return (
    <>
      <div className="filters">
        <SegmentedControl
          size="xs"
          aria-label="Which nodes"
          value={open ? 'open' : 'all'}
          onChange={(value) => setOpen(value === 'open')}
          data={[
            { value: 'all', label: `all ${nodes.length}` },
            { value: 'open', label: `not verified ${unsettled.length}` },
          ]}
        />
      </div>
      <div className="scroll-x">
        <Table className="rows">
          <Table.Caption className="sr-only">Nodes</Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Node</Table.Th>
              <Table.Th>Desired</Table.Th>
              <Table.Th>Reported</Table.Th>
              <Table.Th className="col-wide">Format</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Last status</Table.Th>
              <Table.Th>Verified</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((node) => (
              <NodeRow key={node.uri} node={node} />
            ))}
            {shown.length === 0 ? (
              <Table.Tr>
                <Table.Td colSpan={7} className="quiet">
                  Every node was read back from the device and found equal.
                </Table.Td>
              </Table.Tr>
            ) : null}
          </Table.Tbody>
        </Table>
      </div>
    </>
  );
}

function NodeRow({ node }: { readonly node: Node }) {
  const row = useFlash(node);
  return (
    <Table.Tr ref={row}>
      <Table.Td>
        <Uri uri={node.uri} />
      </Table.Td>
      <Table.Td className="mono value">{node.desired ?? <span className="quiet">–</span>}</Table.Td>
      <Table.Td className={`mono value ${node.state === 'different' ? 'bad' : ''}`}>
        {node.reported ?? <span className="quiet">–</span>}
      </Table.Td>
      <Table.Td className="mono col-wide">{node.format}</Table.Td>
      <Table.Td>
        <ConfigStateOf state={node.state} />
      </Table.Td>
      <Table.Td>
        {node.status === null ? (
          <span className="quiet">–</span>
        ) : (
          <span className={isSuccess(node.status) ? '' : 'bad'}>
            {node.status} {node.statusText}
          </span>
        )}
      </Table.Td>
      <Table.Td className="nowrap">
        {node.verifiedAt ? (
          <>
            <Time at={node.verifiedAt} />{' '}
          </>
        ) : (
          <span className="quiet">never </span>
        )}
        {node.session ? (
          <Link to="/sessions/$id" params={{ id: node.session }} className="in-text">
            session
          </Link>
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}
