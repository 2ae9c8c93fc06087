import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { encodeOnnxModel, int64s, OnnxGraph, scalar, tensor, treeEnsembleRegressor } from './index.js';
import { ProtobufMessage } from './protobuf.js';

type Feeds = Record<string, Tensor>;

async function run(graph: OnnxGraph, feeds: Feeds): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(encodeOnnxModel(graph));
  const results = await session.run(feeds);
  await session.release();
  return results;
}

const floats = (dims: number[], ...values: number[]): Tensor => new Tensor('float32', Float32Array.from(values), dims);

describe('wire format', () => {
  // The examples of the protobuf encoding guide.
  it.each([
    ['varint 150 in field 1', new ProtobufMessage().integer(1, 150), [0x08, 0x96, 0x01]],
    ['-2 as 64-bit', new ProtobufMessage().integer(1, -2), [0x08, 0xfe, ...Array<number>(8).fill(0xff), 0x01]],
    ['text', new ProtobufMessage().text(2, 'testing'), [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]],
    ['nested', new ProtobufMessage().message(3, new ProtobufMessage().integer(1, 150)), [0x1a, 3, 0x08, 0x96, 0x01]],
    ['packed', new ProtobufMessage().integers(6, [3, 270, 86942]), [0x32, 6, 3, 0x8e, 2, 0x9e, 0xa7, 5]],
    ['field number over 15', new ProtobufMessage().integer(20, 1), [0xa0, 0x01, 0x01]],
    ['float', new ProtobufMessage().float(1, 1), [0x0d, 0, 0, 0x80, 0x3f]],
  ])('%s', (_, message, bytes) => {
    expect([...message.finish()]).toEqual(bytes);
  });
});

describe('initialisers', () => {
  it.each([
    tensor('float32', [3], Float32Array.of(1.5, -2, 3e20)),
    tensor('float64', [3], Float64Array.of(Math.PI, -0.1, 1e200)),
    tensor('int64', [3], BigInt64Array.of(-1n, 2n ** 62n, 0n)),
    tensor('int32', [3], Int32Array.of(-5, 0, 2 ** 31 - 1)),
    tensor('uint8', [3], Uint8Array.of(0, 127, 255)),
    tensor('int8', [3], Int8Array.of(-128, 0, 127)),
    tensor('bool', [3], Uint8Array.of(1, 0, 1)),
    tensor('string', [3], ['', 'zażółć', '₹500']),
  ])('passes %o through the runtime unchanged', async (value) => {
    const graph = new OnnxGraph('constant');
    graph.node('Identity', [graph.constant('value', value)], { outputs: ['result'] });
    graph.output('result', value.type, [3]);
    const { result } = await run(graph, {});
    expect([...(result!.data as Iterable<unknown>)]).toEqual([...value.data]);
    expect(result!.dims).toEqual([3]);
  });

  it('refuses data that does not fill its dims', () => {
    expect(() => tensor('float32', [2, 2], new Float32Array(3))).toThrow('a [2, 2] tensor has 3 values, wanted 4');
  });
});

describe('graphs', () => {
  it('computes with symbolic sizes, scalars and named results', async () => {
    const graph = new OnnxGraph('affine');
    const x = graph.input('x', 'float32', ['rows', 2]);
    const weights = graph.constant('weights', tensor('float32', [2, 1], Float32Array.of(2, -1)));
    graph.node('Add', [graph.node('MatMul', [x, weights]), graph.constant('bias', scalar(10))], { outputs: ['y'] });
    graph.output('y', 'float32', ['rows', 1]);
    expect([...((await run(graph, { x: floats([2, 2], 1, 2, 3, 4) }))['y']!.data as Float32Array)]).toEqual([10, 12]);
    const { y } = await run(graph, { x: floats([0, 2]) });
    expect(y!.dims).toEqual([0, 1]);
  });

  it('writes attributes of every kind', async () => {
    const graph = new OnnxGraph('attributes');
    const x = graph.input('x', 'float32', ['rows', 3]);
    const leaky = graph.node('LeakyRelu', [x], { attributes: { alpha: { float: 0.25 } } });
    const flipped = graph.node('Transpose', [leaky], { attributes: { perm: { ints: [1, 0] } } });
    const value = tensor('float32', [1], Float32Array.of(100));
    const offset = graph.node('Constant', [], { attributes: { value: { tensor: value } } });
    graph.node('Add', [flipped, offset], { outputs: ['y'] });
    graph.node('ReduceSum', [x, graph.constant('axes', int64s(1))], {
      attributes: { keepdims: { int: 0 } },
      outputs: ['sums'],
    });
    const scaling = { offset: { floats: [1, 1, 1] }, scale: { floats: [2, 2, 2] } };
    graph.node('Scaler', [x], { attributes: scaling, domain: 'ai.onnx.ml', outputs: ['scaled'] });
    graph.node('Gelu', [x], { attributes: { approximate: { string: 'tanh' } }, outputs: ['gelu'] });
    for (const name of ['y', 'scaled', 'gelu']) graph.output(name, 'float32', ['a', 'b']);
    graph.output('sums', 'float32', ['rows']);
    const model = encodeOnnxModel(graph, { opsets: { '': 20, 'ai.onnx.ml': 3 } });
    const session = await InferenceSession.create(model);
    const results = await session.run({ x: floats([1, 3], -4, 0, 4) });
    expect(results['y']!.dims).toEqual([3, 1]);
    expect([...(results['y']!.data as Float32Array)]).toEqual([99, 100, 104]);
    expect([...(results['sums']!.data as Float32Array)]).toEqual([0]);
    expect([...(results['scaled']!.data as Float32Array)]).toEqual([-10, -2, 6]);
    expect((results['gelu']!.data as Float32Array)[2]).toBeCloseTo(3.99993, 4);
    await session.release();
  });

  it('looks up text with lists of strings and int64 values', async () => {
    const graph = new OnnxGraph('encoder');
    const text = graph.input('text', 'string', ['rows']);
    const attributes = {
      keys_strings: { strings: ['upi', 'card'] },
      values_int64s: { ints: [7, -300] },
      default_int64: { int: -1 },
    };
    graph.node('LabelEncoder', [text], { attributes, domain: 'ai.onnx.ml', outputs: ['code'] });
    graph.output('code', 'int64', ['rows']);
    const { code } = await run(graph, { text: new Tensor('string', ['card', 'upi', 'neft'], [3]) });
    expect([...(code!.data as BigInt64Array)]).toEqual([-300n, 7n, -1n]);
  });

  it('encodes nested graphs as the branches of If', async () => {
    const branch = (name: string, value: number): OnnxGraph => {
      const body = new OnnxGraph(name);
      const constant = body.constant(`${name}_value`, tensor('float32', [1], Float32Array.of(value)));
      body.node('Identity', [constant], { outputs: [`${name}_result`] });
      body.output(`${name}_result`, 'float32', [1]);
      return body;
    };
    const graph = new OnnxGraph('choice');
    const condition = graph.input('condition', 'bool', []);
    const attributes = { then_branch: { graph: branch('yes', 1) }, else_branch: { graph: branch('no', 2) } };
    graph.node('If', [condition], { attributes, outputs: ['chosen'] });
    graph.output('chosen', 'float32', [1]);
    const chosen = async (value: boolean): Promise<unknown> =>
      (await run(graph, { condition: new Tensor('bool', [value], []) }))['chosen']!.data;
    expect([await chosen(true), await chosen(false)]).toEqual([Float32Array.of(1), Float32Array.of(2)]);
  });

  it('refuses a second value of the same name and an output that nothing computes', () => {
    const graph = new OnnxGraph('broken');
    graph.input('x', 'float32', [1]);
    expect(() => graph.constant('x', scalar(1))).toThrow('two values "x"');
    expect(() => graph.output('y', 'float32', [1])).toThrow('computes no "y"');
  });

  it('writes metadata and gives the same bytes twice', () => {
    const bytes = (): Uint8Array => encodeOnnxModel(new OnnxGraph('empty'), { metadata: { line: 'taiwan' } });
    expect(bytes()).toEqual(bytes());
    expect(Buffer.from(bytes()).toString('latin1')).toMatch(/line.{2}taiwan/s);
  });
});

describe('tree ensembles', () => {
  const stump = (missingLeft: number) => ({
    feature: [0, 0, 0],
    threshold: [2, 0, 0],
    left: [1, -1, -1],
    right: [2, -1, -1],
    missingLeft: [missingLeft, 0, 0],
    value: [0, 1, 10],
  });

  async function answers(trees: Parameters<typeof treeEnsembleRegressor>[2], aggregate: 'SUM' | 'AVERAGE') {
    const graph = new OnnxGraph('trees');
    const x = graph.input('x', 'float32', ['rows', 1]);
    treeEnsembleRegressor(graph, x, trees, { aggregate, base: 0.5, output: 'y' });
    graph.output('y', 'float32', ['rows', 1]);
    const { y } = await run(graph, { x: floats([4, 1], 1.99, 2, 3, NaN) });
    return [...(y!.data as Float32Array)];
  }

  it('branch on "less than" and send missing values in the direction of the node', async () => {
    expect(await answers([stump(1)], 'SUM')).toEqual([1.5, 10.5, 10.5, 1.5]);
    expect(await answers([stump(0)], 'SUM')).toEqual([1.5, 10.5, 10.5, 10.5]);
  });

  it('add up or average over trees', async () => {
    expect(await answers([stump(1), stump(0)], 'SUM')).toEqual([2.5, 20.5, 20.5, 11.5]);
    expect(await answers([stump(1), stump(0)], 'AVERAGE')).toEqual([1.5, 10.5, 10.5, 6]);
  });
});
