import type { FeatureLabel } from '../../prediction/feature-label.js';

/** Meanings of the codes in german.doc. */
export const germanLabels: Readonly<Record<string, FeatureLabel>> = {
  checkingStatus: {
    label: 'Checking account',
    unit: 'plain',
    values: { A11: 'overdrawn', A12: 'below DM 200', A13: 'DM 200 or more', A14: 'none' },
  },
  creditHistory: {
    label: 'Credit history',
    unit: 'plain',
    values: {
      A30: 'no credits taken, or all paid back duly',
      A31: 'all credits at this bank paid back duly',
      A32: 'existing credits paid back duly till now',
      A33: 'delay in paying off in the past',
      A34: 'critical account, or credits at other banks',
    },
  },
  purpose: {
    label: 'Purpose of the credit',
    unit: 'plain',
    values: {
      A40: 'new car',
      A41: 'used car',
      A42: 'furniture',
      A43: 'radio or television',
      A44: 'household appliances',
      A45: 'repairs',
      A46: 'education',
      A47: 'holiday',
      A48: 'retraining',
      A49: 'business',
      A410: 'other',
    },
  },
  creditAmount: { label: 'Amount of the credit', unit: 'DM' },
  savings: {
    label: 'Savings',
    unit: 'plain',
    values: {
      A61: 'below DM 100',
      A62: 'DM 100 to 500',
      A63: 'DM 500 to 1,000',
      A64: 'DM 1,000 or more',
      A65: 'unknown or none',
    },
  },
  employmentSince: {
    label: 'Present employment',
    unit: 'plain',
    values: {
      A71: 'none',
      A72: 'less than 1 year',
      A73: '1 to 4 years',
      A74: '4 to 7 years',
      A75: '7 years or more',
    },
  },
  instalmentRate: { label: 'Instalment class (share of income, 1 to 4)', unit: 'plain' },
  statusAndSex: {
    label: 'Marital status and sex',
    unit: 'plain',
    values: {
      A91: 'man, divorced or separated',
      A92: 'woman, divorced, separated or married',
      A93: 'man, single',
      A94: 'man, married or widowed',
      A95: 'woman, single',
    },
  },
  otherDebtors: {
    label: 'Other debtors',
    unit: 'plain',
    values: { A101: 'none', A102: 'co-applicant', A103: 'guarantor' },
  },
  residenceSince: { label: 'Years at the present residence (class, 1 to 4)', unit: 'plain' },
  property: {
    label: 'Property',
    unit: 'plain',
    values: {
      A121: 'real estate',
      A122: 'building society savings or life insurance',
      A123: 'car or other',
      A124: 'unknown or none',
    },
  },
  otherInstalmentPlans: {
    label: 'Other instalment plans',
    unit: 'plain',
    values: { A141: 'at a bank', A142: 'at stores', A143: 'none' },
  },
  housing: { label: 'Housing', unit: 'plain', values: { A151: 'rented', A152: 'own', A153: 'for free' } },
  job: {
    label: 'Job',
    unit: 'plain',
    values: {
      A171: 'unemployed or unskilled, non-resident',
      A172: 'unskilled, resident',
      A173: 'skilled',
      A174: 'management, self-employed or highly qualified',
    },
  },
  telephone: { label: 'Telephone', unit: 'plain', values: { A191: 'none', A192: 'registered' } },
  foreignWorker: { label: 'Foreign worker', unit: 'plain', values: { A201: 'yes', A202: 'no' } },
};
