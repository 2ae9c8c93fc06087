import { int64s, scalar, type Attribute, type OnnxGraph } from '../../onnx/index.js';

/**
 * Reverse-mode differentiation over an ONNX graph: each operation adds its own nodes and leaves behind how the
 * derivative of the loss passes through it; `backward` adds those nodes in reverse. Values are names in the graph.
 * Without a call of `backward` the tape costs nothing and the graph is a forward one.
 */
export class GradientTape {
  private readonly steps: (() => void)[] = [];
  private readonly derivatives = new Map<string, string>();
  private readonly constants = new Map<string, string>();

  constructor(readonly graph: OnnxGraph) {}

  /** One operator with one result. */
  op(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.graph.node(operator, inputs, { attributes });
  }

  number(value: number): string {
    return this.constantOf(`number ${value}`, () => scalar(value));
  }

  integers(...values: readonly number[]): string {
    return this.constantOf(`integers ${values.join(' ')}`, () => int64s(...values));
  }

  private constantOf(name: string, make: () => Parameters<OnnxGraph['constant']>[1]): string {
    const known = this.constants.get(name) ?? this.graph.constant(name, make());
    this.constants.set(name, known);
    return known;
  }

  /** @param step - adds nodes that turn the derivative of an operation's result into those of its inputs. */
  record(step: () => void): void {
    this.steps.push(step);
  }

  /** Adds to the derivative of the loss with respect to a value: it may be used in several places. */
  accumulate(value: string, derivative: string): void {
    const before = this.derivatives.get(value);
    this.derivatives.set(value, before === undefined ? derivative : this.op('Add', [before, derivative]));
  }

  /** Null for a value that the loss does not depend on. */
  derivativeOf(value: string): string | null {
    return this.derivatives.get(value) ?? null;
  }

  /** @param seeds - values and their derivatives, where the loss begins. */
  backward(seeds: readonly (readonly [value: string, derivative: string])[]): void {
    for (const [value, derivative] of seeds) this.accumulate(value, derivative);
    for (const step of this.steps.toReversed()) step();
  }

  /** `record` for an operation with one result. */
  derive(result: string, step: (derivative: string) => void): string {
    this.record(() => {
      const derivative = this.derivativeOf(result);
      if (derivative !== null) step(derivative);
    });
    return result;
  }
}
