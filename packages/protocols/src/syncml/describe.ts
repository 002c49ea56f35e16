/**
 * A message in a few words, from its content: `Pkg#1 Alert 1200`, `Pkg#3 Status×12 Results×4`.
 *
 * OMA-DMPRO 1.2 §8: which package a message belongs to is written nowhere in it; what only one side may send tells.
 * Used by ladders and traces.
 */
import type { Command, Status, SyncML } from './message.ts';

export function describePackage(message: SyncML): string {
  const { commands } = message.SyncBody;
  const initiation = commands.find(isInitiation);
  if (initiation !== undefined) return `Pkg#1 ${wordOf(initiation)}`;
  const words = [
    `Pkg#${isFromClient(message) ? 3 : isSetup(message) ? 2 : 4}`,
    ...counted(commands),
  ];
  if (commands.some((command) => command.kind === 'Status' && command.Chal !== undefined)) {
    words.push('Chal');
  }
  return words.join(' ');
}

function isInitiation(command: Command): boolean {
  return command.kind === 'Alert' && (command.Data === '1200' || command.Data === '1201');
}

/** A client sends Results; a server sends commands; else the server's name is the one that is an HTTP URL. */
function isFromClient({ SyncHdr, SyncBody }: SyncML): boolean {
  if (SyncBody.commands.some(({ kind }) => kind === 'Results')) return true;
  if (SyncBody.commands.some(({ kind }) => SERVER_ONLY.has(kind))) return false;
  return !/^https?:/i.test(SyncHdr.Source.LocURI);
}

const SERVER_ONLY: ReadonlySet<Command['kind']> = new Set([
  'Add',
  'Atomic',
  'Copy',
  'Delete',
  'Exec',
  'Get',
  'Sequence',
]);

/** Package #2 answers package #1: the Alert that opened the session, and the Replace of DevInfo. */
function isSetup({ SyncHdr, SyncBody }: SyncML): boolean {
  const answers = SyncBody.commands.filter(
    (command): command is Status => command.kind === 'Status',
  );
  return SyncHdr.MsgID === '1' || answers.some(({ Cmd }) => Cmd === 'Replace');
}

/** The kinds in order of their first coming, each with its number. */
function counted(commands: readonly Command[]): string[] {
  const counts = new Map<string, number>();
  for (const command of commands) {
    const word = wordOf(command);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => (count === 1 ? word : `${word}×${count}`));
}

function wordOf(command: Command): string {
  if (command.kind === 'Alert') return `Alert ${command.Data ?? ''}`.trim();
  return command.kind === 'Unknown' ? command.name : command.kind;
}
