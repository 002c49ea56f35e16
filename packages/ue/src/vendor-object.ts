/**
 * Objects of a vendor beside the standard ones, and what their nodes do when a server executes them.
 *
 * OMA-DMREPPRO 6.6.5, OMA-DMTND 7.7.2. Given to the UE by the program that starts it.
 */
import type { Shape } from '@ueprov/protocols/dm/tree';
import type { Data } from '@ueprov/protocols/syncml';

export interface VendorObject {
  readonly shape: Shape;
  /** By the address of a node whose AccessType has Exec. */
  readonly actions?: Readonly<Record<string, Action>>;
}

export interface Action {
  /**
   * What its end is told as where the server did not wait for it: the Meta Type of the Alert 1226, as the object's
   * definition has it, `Reversed-Domain-Name: ...`.
   */
  readonly alertType: string;
  /** Does it. A rejection is a Status 500. */
  readonly run: (order: ActionOrder) => Promise<ActionEnd>;
}

export interface ActionOrder {
  readonly uri: string;
  /** The argument. */
  readonly Data?: Data;
  readonly Correlator?: string;
}

export interface ActionEnd {
  /** 200, or why it failed: OMA-DMREPPRO 10. */
  readonly status: number;
  /** Of the Alert 1226; the status if absent. */
  readonly Data?: string;
}

/** All actions, by address. */
export function actionsOf(objects: readonly VendorObject[]): ReadonlyMap<string, Action> {
  return new Map(objects.flatMap(({ actions = {} }) => Object.entries(actions)));
}
