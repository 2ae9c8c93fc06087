import { type InferenceSession, Tensor } from 'onnxruntime-node';

/** Names of a graph's one input and of the outputs that are wanted. */
export interface GraphNames<Output extends string> {
  readonly input: string;
  readonly outputs: readonly Output[];
}

/**
 * Runs a graph on rows of float32 numbers.
 * @param values - (rows, width) row-major, width > 0.
 * @returns each output's values by name, one a row.
 */
export async function runGraph<Output extends string>(
  session: InferenceSession,
  { input, outputs }: GraphNames<Output>,
  values: Float32Array,
  rows: number,
): Promise<Readonly<Record<Output, Float32Array>>> {
  const features = new Tensor('float32', values, [rows, values.length / rows]);
  const answer = await session.run({ [input]: features }, outputs);
  const found = outputs.map((output) => [output, answer[output]!.data as Float32Array] as const);
  return Object.fromEntries(found) as Record<Output, Float32Array>;
}
