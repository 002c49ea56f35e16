/** [TND 7.1-1] [TND 7.1-2] The eight run-time properties of a node. OMA-DMTND 7.7. */
export const PROPERTIES = [
  'ACL',
  'Format',
  'Name',
  'Size',
  'Title',
  'TStamp',
  'Type',
  'VerNo',
] as const;

export type PropertyName = (typeof PROPERTIES)[number];

export function isPropertyName(text: string): text is PropertyName {
  return (PROPERTIES as readonly string[]).includes(text);
}

/** [TND 7.1-6] OMA-DMTND 7.7: the others are the device's own. */
export const REPLACEABLE: readonly PropertyName[] = ['ACL', 'Name', 'Title'];
