import type { OnnxGraph } from './graph.js';
import { ProtobufMessage } from './protobuf.js';

/** Operator sets that all graphs here are written against; onnxruntime 1.30 runs them. */
export const DEFAULT_OPSETS: Readonly<Record<string, number>> = { '': 17, 'ai.onnx.ml': 3 };

const IR_VERSION = 8;
const PRODUCER = 'ml-services';

export interface ModelOptions {
  /** Free texts that travel in the file. @default {} */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Version by operator domain. @default DEFAULT_OPSETS */
  readonly opsets?: Readonly<Record<string, number>>;
}

/** Writes a graph as an ONNX file (ModelProto). The same graph gives the same bytes. */
export function encodeOnnxModel(graph: OnnxGraph, options: ModelOptions = {}): Uint8Array {
  const model = new ProtobufMessage().integer(1, IR_VERSION).text(2, PRODUCER).message(7, graph.encode());
  for (const [domain, version] of Object.entries(options.opsets ?? DEFAULT_OPSETS)) {
    model.message(8, new ProtobufMessage().text(1, domain).integer(2, version));
  }
  for (const [key, value] of Object.entries(options.metadata ?? {})) {
    model.message(14, new ProtobufMessage().text(1, key).text(2, value));
  }
  return model.finish();
}
