/** The facts of a session in one line. */
import type { SessionSummary } from '@ueprov/provisioning-server/api';
import { size, span } from '../frame/time.ts';
import { Time } from '../frame/zone.tsx';

/** Alert 1200 answers a Package #0 of the server, Alert 1201 opens a session on the device's own account. */
export const TRIGGER_WORDS: Record<SessionSummary['trigger'], string> = {
  server: 'server',
  client: 'device',
  unknown: 'not known',
};

export const AUTH_WORDS: Record<SessionSummary['auth'], string> = {
  none: 'none',
  basic: 'syncml:auth-basic',
  md5: 'syncml:auth-md5',
  hmac: 'syncml:auth-MAC',
  transport: 'by the transport',
  'http-basic': 'HTTP Basic',
  'http-digest': 'HTTP Digest',
};

export function Chips({ session }: { readonly session: SessionSummary }) {
  const { startedAt, endedAt } = session;
  return (
    <dl className="chips">
      <Chip name="Session">{session.SessionID}</Chip>
      <Chip name="Started">
        <Time at={startedAt} ms />
      </Chip>
      <Chip name="Duration">
        {endedAt ? span(Date.parse(endedAt) - Date.parse(startedAt)) : 'running'}
      </Chip>
      <Chip name="Opened by">{TRIGGER_WORDS[session.trigger]}</Chip>
      <Chip name="Encoding">{session.encoding === 'wbxml' ? 'WBXML' : 'XML'}</Chip>
      <Chip name="Authentication">{AUTH_WORDS[session.auth]}</Chip>
      <Chip name="Messages">
        {session.messages}, {size(session.bytes)}
      </Chip>
      <Chip name="Commands">
        {session.commandsOk} ok
        {session.commandsFailed > 0 ? (
          <span className="bad">, {session.commandsFailed} failed</span>
        ) : null}
      </Chip>
    </dl>
  );
}

function Chip({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className="chip">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
