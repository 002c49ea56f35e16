/** What a SyncML Status or a SIP answer means for its colour. */
import type { TracedCommand, TracedMessage } from '@ueprov/provisioning-server/api';

/** DM RepPro 1.2 §10: 2xx is success; whatever else came is shown in red. */
export function isSuccess(status: string | number): boolean {
  return /^2\d\d$/.test(String(status));
}

export function isFailed(command: TracedCommand): boolean {
  return command.status !== null && !isSuccess(command.status);
}

/** Status and Results answer; everything else asks. */
export function isAnswer(command: TracedCommand): boolean {
  return command.kind === 'Status' || command.kind === 'Results';
}

/** A message that refuses or makes no sense. A challenge (401, 407) is the usual way, not a refusal. */
export function isRefusal(message: TracedMessage): boolean {
  return (
    message.error !== null ||
    (message.protocol === 'SIP' && /^(?!401|407)[3-6]\d\d\b/.test(message.label))
  );
}
