/** Item. RepPro 1.2.2 §6.6.7. Used by the decoders of commands, Status and Results. */
import { ITEM } from './content-model.ts';
import { decodeData, resolveOpaque } from './data.ts';
import { decodeLocation } from './decode-header.ts';
import type { Item, Meta } from './message.ts';
import { decodeMeta, effectiveMeta } from './meta.ts';
import type { Reading } from './reading.ts';

/** An Item whose OPAQUE Data waits for its Format. */
export type DecodedItem = { -readonly [Key in keyof Item]: Item[Key] };

/** Reads the open Item. Its OPAQUE Data is octets yet: see `resolveItems`. */
export function decodeItem(reading: Reading): DecodedItem {
  reading.countItem();
  const item: DecodedItem = {};
  let seen = 0;
  for (let name = reading.child('Item'); name !== undefined; name = reading.child('Item')) {
    seen = reading.arrive(ITEM, name, seen);
    switch (name) {
      case 'Target':
      case 'Source':
        item[name] = decodeLocation(reading, name);
        break;
      case 'Meta':
        item.Meta = decodeMeta(reading);
        break;
      case 'Data':
        item.Data = decodeData(reading);
        break;
      case 'MoreData':
        reading.word();
        item.MoreData = true;
        break;
      default:
        reading.drop('Item');
    }
  }
  return item;
}

/** Reads OPAQUE Data of the Items as their Format says, that of the command where they have none. */
export function resolveItems(items: readonly DecodedItem[], outer: Meta | undefined): void {
  for (const item of items) {
    if (item.Data === undefined || typeof item.Data === 'string') continue;
    item.Data = resolveOpaque(item.Data, effectiveMeta(outer, item.Meta));
  }
}
