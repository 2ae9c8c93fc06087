import { int64s, scalar, type Attribute, type OnnxGraph } from '../../onnx/index.js';

/**
 * Reverse-mode differentiation over an ONNX graph: each operation adds its nodes and records how to compute the
 * derivatives of its inputs; `backward` adds those nodes in reverse order. Values are names in the graph. Without a call
 * of `backward` the graph has the forward nodes only.
 */
export class GradientTape {
  private readonly steps: (() => void)[] = [];
  private readonly derivatives = new Map<string, string>();
  private readonly constants = new Map<string, string>();

  constructor(readonly graph: OnnxGraph) {}

  /** Adds an operator with one result. @returns the result's name. */
  op(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.graph.node(operator, inputs, { attributes });
  }

  /** A float32 scalar constant, added once per value. */
  number(value: number): string {
    return this.constantOf(`number ${value}`, () => scalar(value));
  }

  /** An int64 vector constant, added once per content. */
  integers(...values: readonly number[]): string {
    return this.constantOf(`integers ${values.join(' ')}`, () => int64s(...values));
  }

  private constantOf(name: string, make: () => Parameters<OnnxGraph['constant']>[1]): string {
    const known = this.constants.get(name) ?? this.graph.constant(name, make());
    this.constants.set(name, known);
    return known;
  }

  /** Records a backward step, which adds the nodes for the derivatives of an operation's inputs. */
  recordBackward(step: () => void): void {
    this.steps.push(step);
  }

  /** Adds a term to the derivative of the loss with respect to a value. */
  accumulate(value: string, derivative: string): void {
    const before = this.derivatives.get(value);
    this.derivatives.set(value, before === undefined ? derivative : this.op('Add', [before, derivative]));
  }

  /** The derivative of the loss with respect to a value; null when the loss does not depend on it. */
  derivativeOf(value: string): string | null {
    return this.derivatives.get(value) ?? null;
  }

  /** Adds the backward nodes. @param seeds - values with the derivatives of the loss with respect to them. */
  backward(seeds: readonly (readonly [value: string, derivative: string])[]): void {
    for (const [value, derivative] of seeds) this.accumulate(value, derivative);
    for (const step of this.steps.toReversed()) step();
  }

  /** Records the backward step of an operation with one result. @returns the result. */
  withDerivative(result: string, step: (derivative: string) => void): string {
    this.recordBackward(() => {
      const derivative = this.derivativeOf(result);
      if (derivative !== null) step(derivative);
    });
    return result;
  }
}
