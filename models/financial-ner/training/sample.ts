import type { NerRequest } from '../prediction/request.js';

/** Invented requests for the smoke test; none is a customer's text. */
export const sampleInputs = (): NerRequest[] => [
  { text: 'Please pay Rs 2,500 to Example Store next Friday', referenceDay: '2026-01-14' },
  { text: 'UPI/DR/000000000000/EXAMPLE STORE/BANK/example@okbank' },
  { text: 'kal maine 1.5 lakh transfer kiya tha', referenceDay: '2026-01-14' },
  { text: 'what is my balance?' },
  { text: '😀 ₹500 ⟨café⟩ नमस्ते' },
];
