export { chooseInformative, cosine, type Candidate, type ChoiceOptions } from './choose.js';
