/**
 * The Contact parameters by which a UE says that it takes OMA DM push (PKT-SP-UE-PROV Appendix I
 * step 1, RFC 3840). Written by registration.ts, read by the Provisioning Server and the lab.
 */
import type { Parameter } from './message/index.ts';
import { parameterValue } from './message/index.ts';

export const PUSH_EVENT_APP_TAG = '+g.oma.pusheventapp';
export const DM_PUSH_APP = 'x-wap-application:syncml.dm';

/**
 * [R-6.7-3] What Appendix I step 1 puts into the Contact. Its ICSI `urn-xxx` is a
 * draft's placeholder for what became `urn-7` (spec/notes.md, G33); tag and value stand here and
 * nowhere else.
 */
export const PUSH_FEATURE_TAGS: readonly Parameter[] = [
  {
    name: '+g.3gpp.app_ref',
    value: 'urn%3Aurn-7%3A3gpp-service.ims.icsi.omapush',
    quoted: true,
  },
  { name: PUSH_EVENT_APP_TAG, value: DM_PUSH_APP, quoted: true },
  { name: 'methods', value: 'MESSAGE', quoted: true },
];

/**
 * Does this Contact take DM notifications? One of a comma list, without case, with or without
 * brackets and prefix. [SIPPUSH OTA-6]
 */
export function acceptsDmPush(contact: { readonly parameters: readonly Parameter[] }): boolean {
  const value = parameterValue(contact, PUSH_EVENT_APP_TAG) ?? '';
  return value.split(',').some((app) => pushAppName(app) === pushAppName(DM_PUSH_APP));
}

/** Deployed UEs write `syncml.dm`, `<x-wap-application:syncml.dm>` and the registered form. */
function pushAppName(app: string): string {
  return app
    .trim()
    .replace(/^<(.*)>$/, '$1')
    .toLowerCase()
    .replace(/^x-(?:wap|oma)-application:/, '');
}
