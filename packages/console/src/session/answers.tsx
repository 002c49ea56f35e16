/** What a message answers: its Status and Results, each with the command it refers to. */
import { Table } from '@mantine/core';
import type { TracedCommand } from '@ueprov/provisioning-server/api';
import { Uri } from '../frame/uri.tsx';
import { isSuccess } from './status.ts';

export function Answers({ answers }: { readonly answers: readonly TracedCommand[] }) {
  return (
    <Table className="rows commands exchange">
      <Table.Caption className="sr-only">Answers to commands of earlier messages</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th className="num">CmdID</Table.Th>
          <Table.Th>Answer</Table.Th>
          <Table.Th>To</Table.Th>
          <Table.Th>Says</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {answers.map((answer, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items of one Results share its CmdID
          <Table.Tr key={index}>
            <Table.Td className="num mono">{answer.CmdID}</Table.Td>
            <Table.Td>{answer.kind}</Table.Td>
            <Table.Td>
              {answer.refersTo === null ? null : <div className="small">{answer.refersTo}</div>}
              {answer.uri === null ? null : <Uri uri={answer.uri} />}
            </Table.Td>
            <Table.Td>
              <Says answer={answer} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Says({ answer }: { readonly answer: TracedCommand }) {
  if (answer.kind === 'Results') {
    return (
      <span className="mono data">
        {answer.data === '' ? <span className="quiet">(empty)</span> : answer.data}
        {answer.format === null ? null : <span className="format">{answer.format}</span>}
      </span>
    );
  }
  const code = answer.status ?? answer.data ?? '';
  return (
    <span className={`status ${isSuccess(code) ? 'ok' : 'bad'}`}>
      <span className="mono">{code}</span> {answer.statusText}
    </span>
  );
}
