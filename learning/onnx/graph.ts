import { PipelineError } from '../../contracts/errors.js';
import { encodeAttribute, type Attribute } from './attribute.js';
import { ProtobufMessage } from './protobuf.js';
import { elementTypes, encodeTensor, type ElementType, type OnnxTensor } from './tensor.js';

/** Sizes of an input or output; a name stands for a size that is known only when the graph runs. */
export type SymbolicDims = readonly (number | string)[];

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Operator set, such as `ai.onnx.ml`. @default '' (the standard operators) */
  readonly domain?: string;
  /** Names of the results; give them when they are outputs of the graph or more than one. @default one, generated */
  readonly outputs?: readonly string[];
}

const NODE = 1;
const GRAPH_NAME = 2;
const INITIALIZER = 5;
const INPUT = 11;
const OUTPUT = 12;

function encodeDim(dim: number | string): ProtobufMessage {
  return typeof dim === 'string' ? new ProtobufMessage().text(2, dim) : new ProtobufMessage().integer(1, dim);
}

/** ValueInfoProto of a tensor. */
function encodeValueInfo(name: string, type: ElementType, dims: SymbolicDims): ProtobufMessage {
  const shape = new ProtobufMessage();
  for (const dim of dims) shape.message(1, encodeDim(dim));
  const tensorType = new ProtobufMessage().integer(1, elementTypes[type]).message(2, shape);
  return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensorType));
}

function encodeNode(name: string, operator: string, inputs: readonly string[], options: NodeOptions): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const input of inputs) message.text(1, input);
  for (const output of options.outputs ?? []) message.text(2, output);
  message.text(3, name).text(4, operator);
  for (const [key, value] of Object.entries(options.attributes ?? {})) message.message(5, encodeAttribute(key, value));
  return options.domain ? message.text(7, options.domain) : message;
}

/**
 * Builds an ONNX graph. Every method that makes a value returns its name, so that calls nest like the formula they
 * stand for. Nodes must be added in the order of computation.
 * @example
 * const graph = new OnnxGraph('affine');
 * const x = graph.input('x', 'float32', ['rows', 3]);
 * const product = graph.node('MatMul', [x, graph.constant('weights', weights)]);
 * graph.node('Add', [product, graph.constant('bias', bias)], { outputs: ['y'] });
 * graph.output('y', 'float32', ['rows', 2]);
 */
export class OnnxGraph {
  private readonly nodes: ProtobufMessage[] = [];
  private readonly initializers: ProtobufMessage[] = [];
  private readonly inputs: ProtobufMessage[] = [];
  private readonly outputs: ProtobufMessage[] = [];
  private readonly values = new Set<string>();

  constructor(readonly name: string) {}

  private claim(name: string): string {
    if (this.values.has(name)) throw new PipelineError('INVALID_INPUT', `graph ${this.name} has two values "${name}"`);
    this.values.add(name);
    return name;
  }

  /** Declares what the caller feeds. @returns its name. */
  input(name: string, type: ElementType, dims: SymbolicDims): string {
    this.inputs.push(encodeValueInfo(this.claim(name), type, dims));
    return name;
  }

  /** Adds an initialiser. @returns its name. */
  constant(name: string, value: OnnxTensor): string {
    this.initializers.push(encodeTensor(this.claim(name), value));
    return name;
  }

  /**
   * Adds a computation. @param inputs - names of values; `''` leaves out an optional one.
   * @returns the name of its first result.
   * @throws PipelineError `INVALID_INPUT` for a result name that is taken.
   */
  node(operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const name = `${operator}_${this.nodes.length}`;
    const outputs = options.outputs ?? [name];
    for (const output of outputs) this.claim(output);
    this.nodes.push(encodeNode(name, operator, inputs, { ...options, outputs }));
    return outputs[0]!;
  }

  /** Declares a value as a result of the graph. @throws PipelineError `INVALID_INPUT` when nothing computes it. */
  output(name: string, type: ElementType, dims: SymbolicDims): void {
    if (!this.values.has(name)) throw new PipelineError('INVALID_INPUT', `graph ${this.name} computes no "${name}"`);
    this.outputs.push(encodeValueInfo(name, type, dims));
  }

  /** GraphProto. */
  encode(): ProtobufMessage {
    const message = new ProtobufMessage();
    for (const node of this.nodes) message.message(NODE, node);
    message.text(GRAPH_NAME, this.name);
    for (const initializer of this.initializers) message.message(INITIALIZER, initializer);
    for (const input of this.inputs) message.message(INPUT, input);
    for (const output of this.outputs) message.message(OUTPUT, output);
    return message;
  }
}
