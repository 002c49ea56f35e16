/** The time between the message under the pointer and the one before it, and the selected one. */
import { span } from '../frame/time.ts';
import type { LadderRow } from './ladder-layout.ts';

interface DeltaProps {
  readonly row: LadderRow;
  readonly selectedRow: LadderRow | undefined;
  readonly width: number;
}

export function LadderDelta({ row, selectedRow, width }: DeltaProps) {
  const other = selectedRow && selectedRow.number !== row.number ? selectedRow : undefined;
  const before = row.number > 1 ? `Δ ${span(row.sinceBeforeMs)} from #${row.number - 1}` : 'first';
  const apart = Math.abs(row.sinceStartMs - (other?.sinceStartMs ?? 0));
  const text =
    other && other.number !== row.number - 1
      ? `${before} · ${span(apart)} from #${other.number}`
      : before;
  const boxWidth = text.length * 6.4 + 14;
  return (
    <g className="ladder-delta">
      <rect
        className="ladder-delta-box"
        x={width - boxWidth - 6}
        y={row.y - 22}
        width={boxWidth}
        height={19}
        rx={4}
      />
      <text x={width - boxWidth / 2 - 6} y={row.y - 9} textAnchor="middle">
        {text}
      </text>
    </g>
  );
}
