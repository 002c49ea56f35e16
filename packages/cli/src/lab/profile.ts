/** What the lab's Provisioning Server configures on each UE: values that a residential voice UE would get. */

const P_CSCF = './PktcUE/Op/1/PCSCF/1';
const OPERATOR = './PktcUE/Op/1';
const PROV_UE_3 = './PktcMEM/Event/4491-4000970002';

export const LAB_PROFILE = {
  name: 'lab',
  read: ['./DevDetail/FwV', './DevDetail/SwV', './DevDetail/HwV'],
  nodes: {
    [`${P_CSCF}/TimerT1`]: 500,
    [`${P_CSCF}/TimerT2`]: 4000,
    [`${P_CSCF}/TimerT4`]: 5000,
    [`${P_CSCF}/MaxTime`]: 1800,
    [`${P_CSCF}/BaseTimeAllFailed`]: 30,
    [`${P_CSCF}/SubscribeRetry`]: 900,
    [`${OPERATOR}/STUNAddr`]: 'stun.ims.test',
    [`${OPERATOR}/STUNPort`]: 3478,
    [`${OPERATOR}/Dns/1/Addr`]: '127.0.0.1',
    [`${OPERATOR}/BSF/1/Addr`]: 'bsf.ims.test',
    [`${OPERATOR}/BSF/1/UseDNS`]: false,
    './PktcUsr/IMPU/1/DispInfo': 'Lab line 1',
    './PktcMEM/Control/MaxEntries': 200,
    './PktcMEM/Throttle/Threshold': 10,
    [`${PROV_UE_3}/Severity`]: 'critical',
  },
} as const;
