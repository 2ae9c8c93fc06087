import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openGraph, readJson, readText, requireFile, utf8, writeJson } from './index.js';

const files = { 'facts.json': writeJson({ b: 1, a: [2] }), 'broken.json': utf8('{'), 'graph.onnx': utf8('no graph') };
const invalid = (file: string, message: RegExp) => ({
  code: 'ARTEFACT_INVALID',
  message: expect.stringMatching(message) as string,
  details: { file },
});

describe('artefact files', () => {
  it('writes canonical JSON that the schema reads back', () => {
    expect(new TextDecoder().decode(files['facts.json'])).toBe('{"a":[2],"b":1}');
    expect(readJson(files, 'facts.json', z.strictObject({ a: z.array(z.int()), b: z.int() }))).toEqual({
      a: [2],
      b: 1,
    });
  });

  it('names a file that is absent', () => {
    expect(() => requireFile(files, 'other.json')).toThrow(
      expect.objectContaining(invalid('other.json', /has no file other\.json/)) as Error,
    );
  });

  it.each([
    ['broken.json', z.unknown()],
    ['facts.json', z.strictObject({ c: z.string() })],
  ])('refuses %s that is not JSON or not of the schema, and keeps the cause', (file, schema) => {
    const fault: unknown = expect.objectContaining({
      ...invalid(file, /not what this version reads/),
      cause: expect.any(Error) as unknown,
    });
    expect(() => readJson(files, file, schema)).toThrow(fault);
  });

  it('reads text by any parser', () => {
    expect(readText(files, 'broken.json', (text) => text.length)).toBe(1);
  });
});

describe('openGraph', () => {
  it('refuses bytes that are no graph, and a missing file', async () => {
    await expect(openGraph(files, 'graph.onnx')).rejects.toMatchObject(invalid('graph.onnx', /runtime loads/));
    await expect(openGraph(files, 'none.onnx')).rejects.toMatchObject(invalid('none.onnx', /has no file/));
  });
});
