/** Entry of a process that erases a customer and kills itself at a change; `ERASURE_ORDER`. */
import { type DeadlyErasure, eraseAndDie } from './erasable-platform.js';

const order = JSON.parse(process.env.ERASURE_ORDER ?? '') as DeadlyErasure;
process.stdout.write(String(await eraseAndDie(order)));
process.exit(0);
