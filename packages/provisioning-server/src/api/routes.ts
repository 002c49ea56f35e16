/** What the routes of `/api/v1` share: the server they are added to, and how a list is asked for. */

import type { Instant } from '@ueprov/protocols';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { OperationWish } from '../operations/queue.ts';
import type { OperationWatch } from '../operations/watch.ts';
import type { OperationRecord } from '../store/operation-record.ts';
import { PAGE_MAX, type Page, type PageOf, type Store } from '../store/store.ts';
import type { WakeFunnel } from '../wake-funnel.ts';
import { Problem } from './schema.ts';

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface OperationsPort {
  /** Stores the wish; the same key again is the same operation. May throw ApiProblem. */
  readonly take: (wish: OperationWish) => Promise<OperationRecord>;
  readonly cancel: (id: string) => Promise<OperationRecord>;
  readonly watch: Pick<OperationWatch, 'begin'>;
}

export interface ApiPorts {
  /** Has a Package #0 sent; resolves when the wish is stored. May throw ApiProblem. */
  readonly wake: (device: string) => Promise<void>;
  readonly operations: OperationsPort;
  /** What became of all wakes. */
  readonly funnel: WakeFunnel;
  readonly now: () => Instant;
  /** What went wrong and is not the asker's fault. */
  readonly onError: (error: unknown) => void;
}

export interface RouteContext {
  readonly store: Store;
  readonly ports: ApiPorts;
}

const PAGE_DEFAULT = 50;

/** Query of every list. */
export const Paging = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
  cursor: z.string().max(1024).optional(),
});

export const Id = z.object({ id: z.string().min(1).max(255) });

export function pageOf({ limit, cursor }: z.infer<typeof Paging>): Page {
  return { limit, ...(cursor !== undefined && { after: cursor }) };
}

export function pageView<Item, View>(page: PageOf<Item>, view: (item: Item) => View) {
  return { items: page.items.map(view), next: page.next ?? null };
}

/** The responses of a route: its own, and a problem for everything else. */
export function answers<Status extends number, Body extends z.ZodType>(
  status: Status,
  body: Body,
): { readonly [Key in Status]: Body } & { readonly '4xx': typeof Problem } {
  return { [status]: body, '4xx': Problem } as {
    readonly [Key in Status]: Body;
  } & { readonly '4xx': typeof Problem };
}
