/** What is asked for with an operation: its body, bounded and checked before anything is stored. */
import { z } from 'zod';
import type { CommandWish } from '../store/operation-record.ts';
import { CommandKind, Encoding } from './schema.ts';

/** Commands of one operation. */
export const COMMANDS_MAX = 100;
/** Characters of one value: an object of a megabyte, as base64. */
export const DATA_LENGTH_MAX = 1_500_000;
/** Octets of a whole request. */
export const OPERATION_BODY_MAX = 2 * 1024 * 1024;
/** As long as the longest that a tree of ours reads. */
export const URI_LENGTH_MAX = 4096;
/** How long an operation may wait for a session, in seconds. */
export const PATIENCE_S = { default: 86_400, max: 30 * 86_400 } as const;

/** What it says is the device's to judge; that it is one word of text is ours. */
const Uri = z
  .string()
  .min(1)
  .max(URI_LENGTH_MAX)
  .regex(/^[^\s\p{C}]+$/u, 'an address has neither blanks nor control characters');

const Command = z
  .strictObject({
    kind: CommandKind,
    uri: Uri,
    source: Uri.optional(),
    prop: z
      .string()
      .regex(/^[A-Za-z]{1,32}$/)
      .optional(),
    list: z
      .string()
      .regex(/^[A-Za-z+-]{1,64}$/)
      .optional(),
    format: z
      .string()
      .regex(/^[a-z0-9]{1,16}$/)
      .optional(),
    type: z
      .string()
      .regex(/^[^\p{C}]{1,255}$/u)
      .optional(),
    data: z.string().max(DATA_LENGTH_MAX).optional(),
    encoding: Encoding.default('text'),
  })
  .superRefine((command, context) => {
    for (const { path, message } of faultsOf(command)) {
      context.addIssue({ code: 'custom', path: [path], message });
    }
  })
  .transform(wishOf);

type Asked = Readonly<Record<Field, string | undefined>> & {
  readonly kind: CommandWish['kind'];
  readonly uri: string;
  readonly encoding: 'text' | 'base64';
};

type Field = 'source' | 'prop' | 'list' | 'format' | 'type' | 'data';
const FIELDS: readonly Field[] = ['source', 'prop', 'list', 'format', 'type', 'data'];

/** What a command of each kind may have, and what it needs. */
const FIELDS_OF: Readonly<
  Record<CommandWish['kind'], { readonly may: readonly Field[]; readonly must: readonly Field[] }>
> = {
  get: { may: ['prop'], must: [] },
  list: { may: ['list'], must: [] },
  replace: { may: ['prop', 'format', 'type'], must: ['data'] },
  add: { may: ['format', 'type', 'data'], must: [] },
  delete: { may: [], must: [] },
  exec: { may: ['format', 'type', 'data'], must: [] },
  copy: { may: [], must: ['source'] },
  acl: { may: ['data'], must: [] },
};

function* faultsOf(command: Partial<Asked> & Pick<Asked, 'kind' | 'encoding'>) {
  const { may, must } = FIELDS_OF[command.kind];
  for (const path of FIELDS) {
    if (command[path] === undefined && must.includes(path)) {
      yield { path, message: `${command.kind} needs it` };
    }
    if (command[path] !== undefined && !may.includes(path) && !must.includes(path)) {
      yield { path, message: `${command.kind} has none` };
    }
  }
  const { data = '', encoding } = command;
  if (encoding === 'base64' && !BASE64.test(data)) {
    yield { path: 'data', message: 'it is not base64' };
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function wishOf({
  encoding,
  data,
  ...command
}: Partial<Asked> & Pick<Asked, 'kind' | 'uri' | 'encoding'>): CommandWish {
  const told = Object.fromEntries(
    Object.entries(command).filter(([, value]) => value !== undefined),
  );
  return {
    ...(told as Omit<CommandWish, 'value'>),
    ...(data !== undefined && { value: { data, encoding } }),
  };
}

/** OMA-DMREPPRO 6.6.2: nothing else may stand in an Atomic. */
const ATOMIC_KINDS: ReadonlySet<string> = new Set(['replace', 'add', 'delete', 'copy', 'acl']);

export const OperationRequest = z
  .strictObject({
    commands: z.array(Command).min(1).max(COMMANDS_MAX),
    /** All of it or nothing. */
    atomic: z.boolean().default(false),
    /** False: it waits for the device's next contact. */
    wake: z.boolean().default(true),
    /** Also what can take this server's own account off the device: SELF_LOCKOUT otherwise. */
    force: z.boolean().default(false),
    /** Seconds after which it expires if no session has taken it. */
    timeout: z.int().min(1).max(PATIENCE_S.max).default(PATIENCE_S.default),
  })
  .superRefine(({ atomic, commands }, context) => {
    const index = commands.findIndex(
      ({ kind, value }) => !ATOMIC_KINDS.has(kind) || (kind === 'acl' && value === undefined),
    );
    if (!atomic || index < 0) return;
    const message = `an atomic operation only changes: no ${commands[index]?.kind} in it`;
    context.addIssue({ code: 'custom', path: ['commands', index], message });
  });
