import { expect, it } from 'vitest';
import { decodeState, encodeState } from './state-json.js';

const state = {
  schemaVersion: 1,
  weights: Float32Array.from({ length: 20_000 }, (_, i) => Math.sin(i)),
  means: Float64Array.of(0.1, -1e300, NaN, Infinity),
  ids: Int32Array.of(-1, 2 ** 31 - 1),
  bytes: new Uint8Array(0),
  nested: [{ name: 'a', values: [1, 2] }, null],
};

it('keeps typed arrays to the bit, of any size, wherever they stand', () => {
  expect(decodeState(encodeState(state))).toEqual(state);
});

it('keeps a view into a larger buffer to its own part', () => {
  const view = Float64Array.of(1, 2, 3, 4).subarray(1, 3);
  expect(decodeState(encodeState({ view }))).toEqual({ view: Float64Array.of(2, 3) });
});

it('does not depend on the order in which members were set', () => {
  expect(encodeState({ b: 1, a: state.ids })).toBe(encodeState({ a: state.ids, b: 1 }));
});

it('refuses what it cannot give back', () => {
  expect(() => encodeState({ x: NaN })).toThrow(RangeError);
  expect(() => encodeState({ x: new Int16Array(2) })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  expect(() => decodeState('{')).toThrow(expect.objectContaining({ code: 'ARTEFACT_INVALID' }));
  const foreign = '{"x":{"$array":"Function","base64":""}}';
  expect(() => decodeState(foreign)).toThrow(expect.objectContaining({ code: 'ARTEFACT_INVALID' }));
});
