import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMetrics } from '../metrics/metrics.js';
import { limitServer } from './limit-server.js';

let app: FastifyInstance;
let isFull: boolean;
let handled: string[];
const metrics = createMetrics();

beforeEach(async () => {
  [isFull, handled] = [false, []];
  app = fastify();
  limitServer(app, { admission: { isFull: () => isFull }, metrics });
  const answer = ({ url }: { url: string }) => {
    handled.push(url);
    return {};
  };
  app.post('/predict/credit-risk', { config: { limited: true } }, answer);
  app.get('/features/:entity', { config: { limited: true } }, answer);
  app.get('/health', answer);
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => app.close());

const ask = async (method: 'GET' | 'POST', path: string): Promise<Response> => {
  const { port } = app.server.address() as { port: number };
  return fetch(`http://127.0.0.1:${port}${path}`, { method, body: method === 'POST' ? 'x'.repeat(100_000) : null });
};

it('hands requests on while there is room', async () => {
  expect((await ask('GET', '/health')).status).toBe(200);
  expect((await ask('POST', '/predict/credit-risk?line=a')).status).toBe(200);
  expect(handled).toEqual(['/health', '/predict/credit-risk?line=a']);
});

it('refuses limited routes under overload, counted, with a request id and when to ask again', async () => {
  isFull = true;
  const refused = await ask('POST', '/predict/credit-risk?line=a');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(refused.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await refused.json()).toMatchObject({ code: 'OVERLOADED', status: 503 });
  const text = await metrics.text();
  expect(text).toMatch(/ml_rejected_requests_total\{reason="overload"\} 1/);
  expect(text).toMatch(/ml_http_requests_total\{route="\/predict\/credit-risk",status="503"\} 1/);
});

it('leaves routes without a limit, other methods and routes with parameters to the application', async () => {
  isFull = true;
  expect((await ask('GET', '/health')).status).toBe(200);
  expect((await ask('GET', '/predict/credit-risk')).status).toBe(404);
  expect((await ask('GET', '/features/u1')).status).toBe(200);
});

it('works on no request whose client is gone', () => {
  const request = Object.assign(new IncomingMessage(new Socket()), { url: '/health', method: 'GET' });
  const response = new ServerResponse(request);
  response.destroy();
  app.server.emit('request', request, response);
  expect(handled).toEqual([]);
});
