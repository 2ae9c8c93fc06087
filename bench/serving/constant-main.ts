import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import fastify from 'fastify';

/*
 * What a request costs without any model: a body read as JSON, and a constant answer of the size of a credit answer, by
 * Node's `http` or Fastify: `constant-main http|fastify PORT`.
 */

const answer = {
  ...{ predictionId: '0c9e1f9e-5a55-4d5c-9f0e-6a1f0f3b9f00', model: 'credit-risk-scorer', line: 'synthetic' },
  ...{ synthetic: true, version: '1.0.0', stage: 'staging', abstained: false },
  output: { probability: 0.123456789, points: 555, band: 'C', approved: true },
  coverage: { missing: [], unseen: [], inputs: 69, fewestKnown: 40, abstained: false },
};

async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  if (body !== '') JSON.parse(body);
  const sent = JSON.stringify(answer);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) });
  response.end(sent);
}

const [kind, port] = process.argv.slice(2);
if (kind === 'http')
  createServer((request, response) => void reply(request, response)).listen(Number(port), '127.0.0.1');
else {
  const app = fastify();
  app.get('/health/ready', () => answer);
  app.post('/predict/credit-risk', () => answer);
  await app.listen({ host: '127.0.0.1', port: Number(port) });
}
