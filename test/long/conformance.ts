/** The conformance kit whole: our server, our UE, then every mutant. A sample is in packages/testbed. */
import { tryMutants, tryOurServer, tryOurUe } from '@ueprov/testbed';

export const long = {
  title: 'both our sides against the conformance kit, and the kit against mutants of both',
  async run(): Promise<void> {
    const server = await tryOurServer();
    const client = await tryOurUe();
    const faults = [...server, ...client].filter(({ verdict }) => verdict !== 'pass');
    console.log(`${server.length} cases against our server, ${client.length} against our UE`);
    for (const { id, verdict, reason } of faults) console.log(`${verdict} ${id}: ${reason}`);
    const { caught, uncaught, idleCases } = await tryMutants();
    console.log(`${caught.length + uncaught.length} mutants, ${caught.length} of them caught`);
    for (const { mutant, fault } of uncaught) console.log(`not caught: ${mutant}, ${fault}`);
    for (const id of idleCases) console.log(`no mutant fails ${id}`);
    const bad = faults.length + uncaught.length + idleCases.length;
    if (bad > 0) throw new Error(`${bad} findings`);
  },
};
