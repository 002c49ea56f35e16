/** Code page 0 of a SyncML document. SyncML RepPro 1.2.2 §8.1; 1.0 and 1.1 share it up to 0x34. */
import { SYNCML_NAMESPACE } from '../../cursor.ts';
import { page } from './page.ts';

export const SYNCML_PAGE = page(
  SYNCML_NAMESPACE,
  `Add Alert Archive Atomic Chal Cmd CmdID CmdRef Copy Cred Data
  Delete Exec Final Get Item Lang LocName LocURI Map MapItem Meta MsgID MsgRef NoResp NoResults Put
  Replace RespURI Results Search Sequence SessionID SftDel Source SourceRef Status Sync SyncBody SyncHdr
  SyncML Target TargetRef - VerDTD VerProto NumberOfChanges MoreData Field Filter Record FilterType
  SourceParent TargetParent Move Correlator`,
);
