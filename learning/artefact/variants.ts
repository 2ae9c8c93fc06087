import type { ArtefactFiles } from '../../contracts/model-definition.js';

/*
 * A variant is the same model in another number format. Of its files those that differ stand beside the usual ones, with
 * the variant's name before the ending: `encoder.int8.onnx` takes the place of `encoder.onnx`.
 */

/** Names of variants beside the usual, float32 one. */
export const variantNames = ['int8'] as const;
export type VariantName = (typeof variantNames)[number];

const nameWithin = (variant: VariantName, name: string): string => name.replace(/(\.[^.]+)$/, `.${variant}$1`);
const isOf = (variant: VariantName, name: string): boolean => name.split('.').at(-2) === variant;

/** Files of a variant under their names in an artefact. Names have an ending. */
export const asVariantFiles = (variant: VariantName, files: ArtefactFiles): ArtefactFiles =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [nameWithin(variant, name), bytes]));

/** Variants that an artefact has beside the usual one. */
export const variantsOf = (files: ArtefactFiles): readonly VariantName[] =>
  variantNames.filter((variant) => Object.keys(files).some((name) => isOf(variant, name)));

/** The files of an artefact as a variant has them: its own in place of the usual ones. */
export function filesOfVariant(files: ArtefactFiles, variant: VariantName): ArtefactFiles {
  const usual = Object.keys(files).filter((name) => !isOf(variant, name));
  return Object.fromEntries(usual.map((name) => [name, files[nameWithin(variant, name)] ?? files[name]!]));
}
