/** A message decoded: DM commands each with the Status that answered it, or the parts of a SIP message. */
import { Alert } from '@mantine/core';
import type { Session, TracedMessage } from '@ueprov/provisioning-server/api';
import { Answers } from './answers.tsx';
import { CommandTable } from './command-table.tsx';
import { SipView } from './sip-view.tsx';
import { isAnswer } from './status.ts';

interface DecodedProps {
  readonly session: Session;
  readonly message: TracedMessage;
  readonly onSelect: (number: number) => void;
}

export function Decoded({ session, message, onSelect }: DecodedProps) {
  if (message.error !== null) {
    return (
      <Alert className="failure" title="This message could not be decoded" m="md">
        {message.error}
      </Alert>
    );
  }
  if (message.protocol === 'SIP') return <SipView text={message.text ?? ''} />;
  const asked = message.commands.filter((command) => !isAnswer(command));
  const answers = message.commands.filter(isAnswer);
  if (message.commands.length === 0) {
    return <p className="pane-text quiet">This message carries no commands.</p>;
  }
  return (
    <>
      {asked.length > 0 ? (
        <CommandTable commands={asked} session={session} onSelect={onSelect} />
      ) : null}
      {answers.length > 0 ? <Answers answers={answers} /> : null}
    </>
  );
}
