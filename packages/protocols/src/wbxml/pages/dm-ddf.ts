/** Code page 2 of a SyncML document: DDF and TNDS. OMA-DMTND 1.2 §8.6; VerDTD and VerNo spelled as in its DTD. */
import { DMDDF_NAMESPACE } from '../../cursor.ts';
import { page } from './page.ts';

export const DMDDF_PAGE = page(
  DMDDF_NAMESPACE,
  `AccessType ACL Add b64 bin bool chr CaseSense CIS Copy CS date DDFName DefaultValue Delete Description
  DFFormat DFProperties DFTitle DFType Dynamic Exec float Format Get int Man MgmtTree MIME Mod Name Node
  node NodeName null Occurrence One OneOrMore OneOrN Path Permanent Replace RTProperties Scope Size time
  Title TStamp Type Value VerDTD VerNo xml ZeroOrMore ZeroOrN ZeroOrOne`,
);
