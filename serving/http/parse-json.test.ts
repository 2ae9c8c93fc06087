import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from './parse-json.js';

const app = fastify();
beforeAll(() => {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parseJson(app));
  app.post('/', (request) => ({ found: request.body }));
});
afterAll(() => app.close());

const post = (payload: string) =>
  app.inject({ method: 'POST', url: '/', payload, headers: { 'content-type': 'application/json' } });

describe('parseJson', () => {
  it.each(['{"a":[1,null,"x"]}', '[]', '"constructive"', '{"a\\"b":"\\n"}', '{"name":"constructor"}', '\ufeff{"a":1}'])(
    'reads %s',
    async (payload) => {
      expect((await post(payload)).json()).toEqual({ found: JSON.parse(payload.replace('\ufeff', '')) as unknown });
    },
  );

  it.each([
    '{"__proto__":{"admin":true}}',
    '{"a":{"\\u005f_proto__":1}}',
    '{"constructor":{"prototype":{"a":1}}}',
    '{"\\u0063onstructor":{"prototype":1}}',
    '{"a":1',
    '',
  ])('refuses %s', async (payload) => {
    expect((await post(payload)).statusCode).toBe(400);
  });
});
