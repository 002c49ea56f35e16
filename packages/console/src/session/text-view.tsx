/** A message as text: indented XML, or SIP as it was sent. */
import { ActionIcon, CopyButton } from '@mantine/core';
import type { TracedMessage } from '@ueprov/provisioning-server/api';
import { Icon } from '../frame/icon.tsx';
import { xmlRuns } from './xml-runs.ts';

export function TextView({ message }: { readonly message: TracedMessage }) {
  const { text } = message;
  if (text === null) {
    return <p className="pane-text quiet">This message could not be written as text; see Raw.</p>;
  }
  return (
    <div className="text-view">
      <CopyButton value={text} timeout={1500}>
        {({ copied, copy }) => (
          <ActionIcon
            className="text-copy"
            variant="default"
            onClick={copy}
            aria-label={copied ? 'Copied' : 'Copy the text'}
          >
            <Icon name={copied ? 'check' : 'copy'} size={15} />
          </ActionIcon>
        )}
      </CopyButton>
      <pre className="text">
        {message.protocol === 'SIP'
          ? text
          : xmlRuns(text).map((run) => (
              <span key={run.at} className={`xml-${run.kind}`}>
                {run.text}
              </span>
            ))}
      </pre>
    </div>
  );
}
