/** The octets as they were on the wire, secrets overwritten by the server. */
import { fromBase64, HEX_BYTES_MAX, hexLines } from './hex.ts';

export function RawView({ raw }: { readonly raw: string }) {
  const bytes = fromBase64(raw);
  if (!bytes) return <p className="pane-text bad">The server sent no readable octets.</p>;
  if (bytes.length === 0) return <p className="pane-text quiet">No octets.</p>;
  return (
    <>
      <pre className="text hex">
        {hexLines(bytes).map((line) => (
          <span key={line.offset}>
            <span className="hex-offset">{line.offset}</span>
            {`  ${line.hex.padEnd(48)}  `}
            <span className="hex-ascii">{line.ascii}</span>
            {'\n'}
          </span>
        ))}
      </pre>
      {bytes.length > HEX_BYTES_MAX ? (
        <p className="pane-text quiet">Only the first {HEX_BYTES_MAX} octets are shown.</p>
      ) : null}
    </>
  );
}
