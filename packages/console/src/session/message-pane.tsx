/** One message, in four ways of reading it. */
import { Tabs, Title } from '@mantine/core';
import type { Session, TracedMessage } from '@ueprov/provisioning-server/api';
import { useSyncExternalStore } from 'react';
import { size } from '../frame/time.ts';
import { Time } from '../frame/zone.tsx';
import { Decoded } from './decoded.tsx';
import type { LaterAccepted } from './later-accepted.ts';
import { RawView } from './raw-view.tsx';
import { tabChoice } from './tab-choice.ts';
import { TextView } from './text-view.tsx';

interface MessagePaneProps {
  readonly session: Session;
  readonly made: LaterAccepted;
  readonly message: TracedMessage;
  readonly number: number;
  readonly onSelect: (number: number) => void;
}

export function MessagePane({ session, made, message, number, onSelect }: MessagePaneProps) {
  const tab = useSyncExternalStore(tabChoice.watch, tabChoice.current);
  const notes = message.notes.length + (message.error === null ? 0 : 1);
  return (
    <section className="pane" aria-label="Message">
      <div className="pane-head">
        <Title order={3} size="h6">
          #{number} {message.label}
        </Title>
        <span className="quiet small">
          <span className="protocol" data-protocol={message.protocol}>
            {message.protocol}
          </span>{' '}
          {message.from} → {message.to} · <Time at={message.at} ms /> · {size(message.bytes)}
        </span>
        {message.contentType ? (
          <span className="quiet small mono">{message.contentType}</span>
        ) : null}
      </div>
      <Tabs
        className="pane-tabs"
        value={tab}
        onChange={(value) => tabChoice.choose(value ?? 'decoded')}
      >
        <Tabs.List>
          <Tabs.Tab value="decoded">Decoded</Tabs.Tab>
          <Tabs.Tab value="text">Text</Tabs.Tab>
          <Tabs.Tab value="raw">Raw</Tabs.Tab>
          <Tabs.Tab value="notes">Notes{notes > 0 ? ` (${notes})` : ''}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="decoded" tabIndex={0}>
          <Decoded session={session} made={made} message={message} onSelect={onSelect} />
        </Tabs.Panel>
        <Tabs.Panel value="text" tabIndex={0}>
          <TextView message={message} />
        </Tabs.Panel>
        <Tabs.Panel value="raw" tabIndex={0}>
          <RawView raw={message.raw} />
        </Tabs.Panel>
        <Tabs.Panel value="notes" tabIndex={0}>
          <Notes message={message} />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

function Notes({ message }: { readonly message: TracedMessage }) {
  if (message.notes.length === 0 && message.error === null) {
    return <p className="pane-text quiet">Nothing had to be forgiven in this message.</p>;
  }
  return (
    <ul className="notes">
      {message.error === null ? null : <li className="bad">{message.error}</li>}
      {message.notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
