/** The devices of B1, as both processes know them. */

export const SERVER_ID = 'prov.example';

export interface CheckInDevice {
  readonly DevId: string;
  readonly name: string;
  /** Of both directions: what is measured does not depend on it. */
  readonly secret: string;
}

export function checkInDevice(index: number): CheckInDevice {
  return {
    DevId: `urn:x-bench:${index}`,
    name: `device${index}`,
    secret: `secret-of-device-${index}`,
  };
}
