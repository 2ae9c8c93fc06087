import { ProtobufMessage } from './protobuf.js';
import { encodeTensor, type OnnxTensor } from './tensor.js';

/** The value of a node's attribute, with its kind spelled out: 1 alone could be an int or a float. */
export type Attribute =
  | { readonly float: number }
  | { readonly int: number | bigint }
  | { readonly string: string }
  | { readonly tensor: OnnxTensor }
  /** Body of If, Loop and Scan: an `OnnxGraph`. */
  | { readonly graph: { encode(): ProtobufMessage } }
  | { readonly floats: ArrayLike<number> }
  | { readonly ints: ArrayLike<number> }
  | { readonly strings: readonly string[] };

const NAME = 1;
const TYPE = 20;

function writeScalar(message: ProtobufMessage, value: Attribute): ProtobufMessage | null {
  if ('float' in value) return message.float(2, value.float).integer(TYPE, 1);
  if ('int' in value) return message.integer(3, value.int).integer(TYPE, 2);
  if ('string' in value) return message.text(4, value.string).integer(TYPE, 3);
  if ('tensor' in value) return message.message(5, encodeTensor('', value.tensor)).integer(TYPE, 4);
  if ('graph' in value) return message.message(6, value.graph.encode()).integer(TYPE, 5);
  return null;
}

/** AttributeProto. */
export function encodeAttribute(name: string, value: Attribute): ProtobufMessage {
  const message = new ProtobufMessage().text(NAME, name);
  if ('floats' in value) return message.floats(7, value.floats).integer(TYPE, 6);
  if ('ints' in value) return message.integers(8, value.ints).integer(TYPE, 7);
  if ('strings' in value) {
    for (const text of value.strings) message.text(9, text);
    return message.integer(TYPE, 8);
  }
  return writeScalar(message, value) ?? message;
}
