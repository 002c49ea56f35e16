/** A SIP message taken apart for reading: its first line, its headers, its body. */
import { Table } from '@mantine/core';
import { splitSip } from './sip-text.ts';

export function SipView({ text }: { readonly text: string }) {
  const { startLine, headers, body } = splitSip(text);
  return (
    <>
      <p className="pane-text mono strong">{startLine}</p>
      <Table className="rows commands">
        <Table.Caption className="sr-only">Headers</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className="narrow">Header</Table.Th>
            <Table.Th>Value</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {headers.map(([name, value], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a header may stand twice with one value
            <Table.Tr key={index}>
              <Table.Td className="strong nowrap">{name}</Table.Td>
              <Table.Td className="mono data">{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {body === '' ? null : <pre className="text">{body}</pre>}
    </>
  );
}
