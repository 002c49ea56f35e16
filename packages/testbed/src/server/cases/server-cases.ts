import type { ServerCase } from '../bench.ts';
import { AUTH_CASES } from './auth.ts';
import { ALERT_CASES } from './generic-alert.ts';
import { HTTP_CASES } from './http.ts';
import { LOB_CASES } from './large-object.ts';
import { NOTIFICATION_CASES } from './notify.ts';
import { SESSION_CASES } from './session.ts';

/** Every case that a server is tried with, row by row. */
export const SERVER_CASES: readonly ServerCase[] = [
  ...SESSION_CASES,
  ...LOB_CASES,
  ...ALERT_CASES,
  ...AUTH_CASES,
  ...HTTP_CASES,
  ...NOTIFICATION_CASES,
];
