/** The state of a device's configuration, and how many of its nodes were read back and found equal. */
import type { Device } from '@ueprov/provisioning-server/api';
import { ConfigStateOf } from '../frame/state.tsx';

export function ConfigProgress({ device }: { readonly device: Device }) {
  const { nodesDesired, nodesVerified } = device;
  return (
    <span className="cell-stack">
      <ConfigStateOf state={device.config} />
      {nodesDesired > 0 ? (
        <small className="quiet nowrap">
          <meter
            className="meter"
            max={nodesDesired}
            value={nodesVerified}
            aria-label="Verified nodes"
          />
          {nodesVerified}/{nodesDesired} verified
        </small>
      ) : null}
    </span>
  );
}
