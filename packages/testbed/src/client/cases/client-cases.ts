import type { ClientCase } from '../case.ts';
import { ACL_CASES } from './acl.ts';
import { AUT_CASES } from './auth.ts';
import { CHANGE_CASES } from './change.ts';
import { COMMAND_CASES } from './command.ts';
import { GEN_CASES } from './generic-alert.ts';
import { GET_CASES } from './get.ts';
import { HDR_CASES } from './header.ts';
import { HTP_CASES } from './http.ts';
import { LOB_CASES } from './large-object.ts';
import { LIST_CASES } from './list.ts';
import { NOT_CASES } from './notify.ts';
import { PKG_CASES } from './package.ts';

/** Every case that a client is tried with, row by row. */
export const CLIENT_CASES: readonly ClientCase[] = [
  ...HDR_CASES,
  ...PKG_CASES,
  ...GET_CASES,
  ...LIST_CASES,
  ...CHANGE_CASES,
  ...COMMAND_CASES,
  ...LOB_CASES,
  ...ACL_CASES,
  ...GEN_CASES,
  ...AUT_CASES,
  ...NOT_CASES,
  ...HTP_CASES,
];
