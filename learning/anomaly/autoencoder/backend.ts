/** Where TensorFlow.js computes; part of a run's record, since the two round differently. */
export type TensorBackend = 'tensorflow' | 'cpu';

/** A variable keeps the compiler from asking for an optional dependency that may not be installed. */
const NATIVE: string = '@tensorflow/tfjs-node';

/** "Loads" means: ran one operation. On Node 24 the native package loads and then throws when it is used. */
async function tryNative(tf: typeof import('@tensorflow/tfjs-core')): Promise<boolean> {
  try {
    await import(NATIVE);
    if (!(await tf.setBackend('tensorflow'))) return false;
    return tf.tidy(() => tf.add(1, 2).dataSync()[0] === 3);
  } catch {
    return false;
  }
}

let loading: Promise<TensorBackend> | null = null;

async function selectBackend(): Promise<TensorBackend> {
  const tf = await import('@tensorflow/tfjs-core');
  // Otherwise it writes advice to the console.
  tf.enableProdMode();
  if (await tryNative(tf)) return 'tensorflow';
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  return 'cpu';
}

/** Chooses the backend once a process: native when it loads and computes, plain JavaScript otherwise. */
export function loadBackend(): Promise<TensorBackend> {
  loading ??= selectBackend();
  return loading;
}
