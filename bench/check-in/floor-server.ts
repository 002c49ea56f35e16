/** The floor of B1: reads a request and answers as many fixed octets as its header asks for. Prints its URL. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const FIXED = Buffer.alloc(1_000_000, 0x20);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const length = Number(request.headers['x-answer-length']);
    response.setHeader('Content-Type', 'application/octet-stream');
    response.end(FIXED.subarray(0, length));
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
process.once('SIGTERM', () => process.exit(0));
