/** Item. RepPro 1.2.2 §6.6.7. Used by the decoders of commands, Status and Results. */
import { ITEM } from './content-model.ts';
import { decodeData, resolveOpaque } from './data.ts';
import { decodeLocation } from './decode-header.ts';
import type { Item, Meta } from './message.ts';
import { decodeMeta, effectiveMeta } from './meta.ts';
import type { Reading } from './reading.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Reads the open Item. Its OPAQUE Data is octets yet: see `resolveItems`. */
export function decodeItem(reading: Reading): Item {
  reading.countItem();
  const item: Mutable<Item> = {};
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

/** The Items with OPAQUE Data read as their Format says, that of the command where they have none. */
export function resolveItems(items: readonly Item[], outer: Meta | undefined): Item[] {
  return items.map((item) => {
    if (item.Data === undefined || typeof item.Data === 'string') return item;
    return { ...item, Data: resolveOpaque(item.Data, effectiveMeta(outer, item.Meta)) };
  });
}
