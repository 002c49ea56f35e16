/** Messages and captures for the tests of this folder. */
import { concatBytes, decodeHex, encodeUtf8 } from '@ueprov/protocols';
import { chunkedAnswer, ethernet, ipv4, pcap, post, tcp } from '../../capture/testing/frames.ts';

/** A package #1 of 96 octets: SyncHdr, Alert 1200, Final. */
export const VECTOR_HEX =
  '02a4016a006d6c7103312e3200017203444d2f312e3200016503413700015b033100016e5703687474703a2f2f702f00010167' +
  '5703494d45493a310001015a00014c03353030300001010100006b464b033100014f0331323030000101120101';
export const VECTOR = decodeHex(VECTOR_HEX);

/** Message of a server with a bit of everything. */
export const XML = `<SyncML xmlns="SYNCML:SYNCML1.2">
  <SyncHdr>
    <VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>A7</SessionID><MsgID>2</MsgID>
    <Target><LocURI>IMEI:1</LocURI><LocName>phone</LocName></Target>
    <Source><LocURI>http://p/</LocURI></Source>
    <RespURI>http://p/2</RespURI><NoResp/>
    <Cred><Meta><Type xmlns="syncml:metinf">syncml:auth-basic</Type></Meta><Data>QTpC</Data></Cred>
  </SyncHdr>
  <SyncBody>
    <Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd>
      <TargetRef>http://p/</TargetRef><SourceRef>IMEI:1</SourceRef>
      <Chal><Meta><Format xmlns="syncml:metinf">b64</Format><NextNonce xmlns="syncml:metinf">ABEiMw==</NextNonce></Meta></Chal>
      <Data>401</Data></Status>
    <Status><CmdID>2</CmdID><MsgRef>1</MsgRef><CmdRef>5</CmdRef><Cmd>Get</Cmd><Data>200</Data></Status>
    <Results><CmdID>3</CmdID><MsgRef>1</MsgRef><CmdRef>5</CmdRef>
      <Item><Source><LocURI>./A</LocURI></Source><Data>one
two</Data></Item></Results>
    <Atomic><CmdID>4</CmdID>
      <Replace><CmdID>5</CmdID><Meta><Format xmlns="syncml:metinf">chr</Format></Meta>
        <Item><Target><LocURI>./B</LocURI></Target><Data> x\u202e </Data><MoreData/></Item></Replace>
      <Exec><CmdID>6</CmdID><Correlator>c1</Correlator><Item><Target><LocURI>./C</LocURI></Target></Item></Exec>
    </Atomic>
    <Add><CmdID>7</CmdID><NoResp/><Item><Target><LocURI>./D</LocURI></Target><Data/></Item></Add>
    <Search><CmdID>8</CmdID></Search>
  </SyncBody>
</SyncML>`;

/** Three deviations: no namespace, order, text between elements. */
export const LAX_XML = `<SyncML><SyncHdr><VerProto>DM/1.2</VerProto><VerDTD>1.2</VerDTD><SessionID>1</SessionID>
<MsgID>1</MsgID><Target><LocURI>a</LocURI></Target><Source><LocURI>b</LocURI></Source></SyncHdr>
<SyncBody>stray<Final/></SyncBody></SyncML>`;

/** The vector as a POST, and an answer that is no message. */
export const SESSION_PCAP = pcap([
  ethernet(ipv4(tcp(post(VECTOR)))),
  ethernet(
    ipv4(tcp(chunkedAnswer(encodeUtf8(XML), 100), { from: 80, to: 40000 }), {
      source: '192.0.2.2',
      destination: '192.0.2.1',
    }),
  ),
]);

/** The same with the second message cut. */
export const CUT_PCAP = pcap([
  ethernet(ipv4(tcp(concatBytes(post(VECTOR), post(VECTOR).subarray(0, -16))))),
]);

export const TNDS_XML = `<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Man>example</Man><Mod>one</Mod>
<Node><NodeName>DMAcc</NodeName><RTProperties><ACL>Get=*</ACL><Format><node/></Format><Type><DDFName>urn:oma:mo:oma-dm-dmacc:1.0</DDFName></Type></RTProperties>
  <Node><NodeName>AppID</NodeName><RTProperties><Format><chr/></Format><Type><MIME>text/plain</MIME></Type></RTProperties><Value>w7</Value></Node>
  <Node><NodeName>Icon</NodeName><RTProperties><Format><bin/></Format><Type><MIME>image/png</MIME></Type></RTProperties><Value>ABEi</Value></Node>
</Node></MgmtTree>`;

export const DDF_XML = `<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD>
<Node><NodeName>Thing</NodeName><DFProperties><AccessType><Get/></AccessType><Description>what it is</Description><DFFormat><node/></DFFormat><Occurrence><One/></Occurrence><Scope><Permanent/></Scope><DFType><DDFName>urn:example:thing</DDFName></DFType></DFProperties>
  <Node><NodeName></NodeName><DFProperties><AccessType><Add/><Get/></AccessType><DefaultValue>7</DefaultValue><DFFormat><int/></DFFormat><Occurrence><ZeroOrN>3</ZeroOrN></Occurrence><Scope><Dynamic/></Scope><DFType><MIME>text/plain</MIME></DFType></DFProperties></Node>
</Node></MgmtTree>`;
