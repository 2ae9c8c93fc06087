export { findPersonalData, findPersonalNumbers } from './find.js';
export { maskNumbers, maskParts, maskWithTokens, tokenOf, type MaskedText } from './mask.js';
export { createMask, type ValueMask } from './mask-values.js';
export { personalTypes, type PersonalSpan, type PersonalType } from './spans.js';
