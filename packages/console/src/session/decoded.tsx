/** A message decoded: DM commands each with the Status that answered it, or the parts of a SIP message. */
import { Alert } from '@mantine/core';
import type { Session, TracedCommand, TracedMessage } from '@ueprov/provisioning-server/api';
import { Answers } from './answers.tsx';
import { CommandTable } from './command-table.tsx';
import type { LaterAccepted } from './later-accepted.ts';
import { SipView } from './sip-view.tsx';
import { isAnswer } from './status.ts';

interface DecodedProps {
  readonly session: Session;
  readonly made: LaterAccepted;
  readonly message: TracedMessage;
  readonly onSelect: (number: number) => void;
}

export function Decoded({ session, made, message, onSelect }: DecodedProps) {
  if (message.error !== null) {
    return (
      <Alert className="failure" title="This message could not be decoded" m="md">
        {message.error}
      </Alert>
    );
  }
  if (message.protocol === 'SIP') return <SipView text={message.text ?? ''} />;
  const asked = message.commands.filter((command) => !isAnswer(command) && saysSomething(command));
  const answers = message.commands.filter(isAnswer);
  if (asked.length + answers.length === 0) {
    return <p className="pane-text quiet">This message carries no commands.</p>;
  }
  return (
    <>
      {asked.length > 0 ? (
        <CommandTable commands={asked} session={session} made={made} onSelect={onSelect} />
      ) : null}
      {answers.length > 0 ? <Answers answers={answers} /> : null}
    </>
  );
}

/** A header that carries no credentials and was answered by nobody (the last of a session) is no news. */
function saysSomething({ kind, data, status }: TracedCommand): boolean {
  return kind !== 'SyncHdr' || data !== null || status !== null;
}
