/** One message of the ladder: its time, its protocol, its arrow and what the arrow says. */
import { span } from '../frame/time.ts';
import { GUTTER_PX, type LadderRow } from './ladder-layout.ts';
import { isRefusal } from './status.ts';

const HEAD_LENGTH_PX = 8;
const BAND_PX = 34;

interface LadderArrowProps {
  readonly row: LadderRow;
  /** Commands of it that were refused for good. */
  readonly refused: number;
  readonly width: number;
  readonly isSelected: boolean;
  readonly onSelect: (number: number) => void;
  readonly onHover: (number: number) => void;
}

export function LadderArrow(props: LadderArrowProps) {
  const { row, refused, width, isSelected, onSelect, onHover } = props;
  const { message, number, y } = row;
  // WCAG 2.5.3: the name starts with what is seen.
  const time = row.sinceStartMs === 0 ? '0' : `+${span(row.sinceStartMs)}`;
  const seen = `${time} ${message.protocol} ${message.label}${refused > 0 ? ` ✗ ${refused}` : ''}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button inside a drawing
    <g
      role="button"
      tabIndex={isSelected ? 0 : -1}
      aria-pressed={isSelected}
      aria-label={`${seen}, from ${message.from} to ${message.to}, message ${number}`}
      data-number={number}
      data-protocol={message.protocol}
      data-refused={isRefusal(message) || undefined}
      className="ladder-row"
      onClick={() => onSelect(number)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') onSelect(number);
      }}
      onPointerEnter={() => onHover(number)}
    >
      <rect
        className="ladder-band"
        x={2}
        y={y - BAND_PX + 9}
        width={width - 4}
        height={BAND_PX}
        rx={4}
      />
      <text x={GUTTER_PX - 52} y={y} textAnchor="end" className="ladder-time">
        {`${time} `}
      </text>
      <text x={GUTTER_PX - 10} y={y} textAnchor="end" className="ladder-protocol">
        {`${message.protocol} `}
      </text>
      <Arrow row={row} />
      <text x={(row.fromX + row.toX) / 2} y={y - 7} textAnchor="middle" className="ladder-label">
        {message.label}
        {refused > 0 ? <tspan className="ladder-failed"> ✗ {refused}</tspan> : null}
      </text>
    </g>
  );
}

/** SIP has an open head, HTTP a filled one: the colour is not the only difference. */
function Arrow({ row }: { readonly row: LadderRow }) {
  const { fromX, toX, y, message } = row;
  const back = toX < fromX ? HEAD_LENGTH_PX : -HEAD_LENGTH_PX;
  const filled = message.protocol === 'HTTP';
  const head = `M${toX + back} ${y - 4.5}L${toX} ${y}L${toX + back} ${y + 4.5}`;
  return (
    <g className="ladder-arrow">
      <line x1={fromX} x2={filled ? toX + back / 2 : toX} y1={y} y2={y} />
      <path
        className="ladder-head"
        data-filled={filled || undefined}
        d={filled ? `${head}Z` : head}
      />
      <circle className="ladder-tail" cx={fromX} cy={y} r={2.5} />
    </g>
  );
}
