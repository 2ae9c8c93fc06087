export { addStandardisation, fitStandardisation, standardise, type Standardisation } from './standardisation.js';
