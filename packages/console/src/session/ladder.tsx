/** The ladder of a session as a drawing: SIP and HTTP on one time axis. Arrow keys walk through it. */
import { useElementSize } from '@mantine/hooks';
import type { TracedMessage } from '@ueprov/provisioning-server/api';
import { type KeyboardEvent, useState } from 'react';
import { span } from '../frame/time.ts';
import { LadderArrow } from './ladder-arrow.tsx';
import { LadderDelta } from './ladder-delta.tsx';
import {
  GUTTER_PX,
  HEAD_PX,
  type LadderBreak,
  type Ladder as Layout,
  layOutLadder,
} from './ladder-layout.ts';
import { type LaterAccepted, refusedForGood } from './later-accepted.ts';

const WIDTH_MIN_PX = 560;

interface LadderProps {
  readonly trace: readonly TracedMessage[];
  readonly made: LaterAccepted;
  readonly selected: number;
  readonly onSelect: (number: number) => void;
}

export function Ladder({ trace, made, selected, onSelect }: LadderProps) {
  const { ref, width } = useElementSize();
  const [hovered, setHovered] = useState<number | undefined>();
  const drawn = Math.max(WIDTH_MIN_PX, Math.floor(width));
  const ladder = layOutLadder(trace, drawn);
  const hoveredRow = hovered === undefined ? undefined : ladder.rows[hovered - 1];

  function walk(event: KeyboardEvent<SVGSVGElement>) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(Math.max(selected + step, 1), trace.length);
    onSelect(next);
    event.currentTarget.querySelector<SVGGElement>(`[data-number="${next}"]`)?.focus();
  }

  return (
    <div ref={ref} className="ladder">
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing has no fieldset */}
      <svg
        width={drawn}
        height={ladder.height}
        role="group"
        aria-label="Ladder diagram; the same as a table under Table"
        onKeyDown={walk}
        onPointerLeave={() => setHovered(undefined)}
      >
        <Lifelines ladder={ladder} width={drawn} />
        {ladder.breaks.map((gap) => (
          <Break key={gap.y} gap={gap} ladder={ladder} />
        ))}
        {ladder.rows.map((row) => (
          <LadderArrow
            key={row.number}
            row={row}
            refused={refusedForGood(row.message, made)}
            width={drawn}
            isSelected={row.number === selected}
            onSelect={onSelect}
            onHover={setHovered}
          />
        ))}
        {hoveredRow ? (
          <LadderDelta row={hoveredRow} selectedRow={ladder.rows[selected - 1]} width={drawn} />
        ) : null}
      </svg>
    </div>
  );
}

function Lifelines({ ladder, width }: { readonly ladder: Layout; readonly width: number }) {
  return (
    <g>
      <line x1={0} x2={width} y1={HEAD_PX - 6} y2={HEAD_PX - 6} className="ladder-rule" />
      <text x={12} y={22} className="ladder-time">
        time
      </text>
      {ladder.columns.map((column) => (
        <g key={column.name}>
          <text x={column.x} y={22} textAnchor="middle" className="ladder-column">
            {column.name}
          </text>
          <line
            x1={column.x}
            x2={column.x}
            y1={HEAD_PX - 6}
            y2={ladder.height - 6}
            className="ladder-lifeline"
          />
        </g>
      ))}
    </g>
  );
}

/** A stretch of time left out: the lifelines are interrupted, and the length is written down. */
function Break({ gap, ladder }: { readonly gap: LadderBreak; readonly ladder: Layout }) {
  const { y } = gap;
  return (
    <g className="ladder-break">
      {ladder.columns.map(({ name, x }) => (
        <g key={name}>
          <rect x={x - 8} y={y - 7} width={16} height={14} className="ladder-blank" />
          <path className="ladder-zigzag" d={`M${x} ${y - 9}l-6 4 12 5-12 5 6 4`} />
        </g>
      ))}
      <text x={GUTTER_PX - 12} y={y + 4} textAnchor="end" className="ladder-time">
        {span(gap.ms)} passed
      </text>
    </g>
  );
}
