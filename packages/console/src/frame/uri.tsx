/** A node's address. Lines break after a slash, not inside a name. */
import { Fragment } from 'react';

export function Uri({ uri }: { readonly uri: string }) {
  const parts = uri.split(/(?<=\/)/);
  return (
    <span className="mono uri">
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a path may repeat a name
        <Fragment key={index}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </span>
  );
}
