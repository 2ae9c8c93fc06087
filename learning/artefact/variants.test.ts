import { expect, it } from 'vitest';
import { asVariantFiles, filesOfVariant, variantsOf } from './variants.js';

const bytes = (value: number) => new Uint8Array([value]);
const usual = { 'encoder.onnx': bytes(1), 'facts.json': bytes(2) };
const files = { ...usual, ...asVariantFiles('int8', { 'encoder.onnx': bytes(3) }) };

it('stands beside the usual files and takes their place', () => {
  expect(Object.keys(files)).toEqual(['encoder.onnx', 'facts.json', 'encoder.int8.onnx']);
  expect(variantsOf(files)).toEqual(['int8']);
  expect(filesOfVariant(files, 'int8')).toEqual({ 'encoder.onnx': bytes(3), 'facts.json': bytes(2) });
});

it('is none in an artefact of one format', () => {
  expect(variantsOf(usual)).toEqual([]);
});
