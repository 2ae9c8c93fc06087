/** Cities with their share of customers and their cost of living relative to the country's average. */
export const cities: Readonly<Record<string, { readonly weight: number; readonly cost: number }>> = {
  Mumbai: { weight: 14, cost: 1.35 },
  Bengaluru: { weight: 13, cost: 1.25 },
  Delhi: { weight: 13, cost: 1.2 },
  Hyderabad: { weight: 9, cost: 1.1 },
  Chennai: { weight: 9, cost: 1.05 },
  Pune: { weight: 8, cost: 1.1 },
  Kolkata: { weight: 7, cost: 0.95 },
  Ahmedabad: { weight: 6, cost: 0.9 },
  Jaipur: { weight: 5, cost: 0.85 },
  Kochi: { weight: 4, cost: 0.9 },
  Lucknow: { weight: 4, cost: 0.8 },
  Indore: { weight: 4, cost: 0.75 },
  Bhubaneswar: { weight: 2, cost: 0.75 },
  Guwahati: { weight: 2, cost: 0.8 },
};

/** Banks with their code (on statements and in IFSCs) and the handle of their UPI addresses. */
export const banks = [
  { code: 'HDFC', name: 'HDFC Bank', handle: 'okhdfcbank' },
  { code: 'ICIC', name: 'ICICI Bank', handle: 'okicici' },
  { code: 'SBIN', name: 'State Bank of India', handle: 'oksbi' },
  { code: 'UTIB', name: 'Axis Bank', handle: 'okaxis' },
  { code: 'KKBK', name: 'Kotak Mahindra Bank', handle: 'kotak' },
  { code: 'PUNB', name: 'Punjab National Bank', handle: 'pnb' },
  { code: 'YESB', name: 'Yes Bank', handle: 'ybl' },
  { code: 'IDFB', name: 'IDFC First Bank', handle: 'idfcbank' },
] as const;
/** One of `banks`. */
export type Bank = (typeof banks)[number];

/** Names of employers, as on statements. */
export const employers =
  'INFOSYS LTD,TCS LTD,WIPRO LTD,HCL TECH,TECH MAHINDRA,RELIANCE RETAIL,LARSEN AND TOUBRO,MAHINDRA AUTO,ASHOK LEYLAND,GOVT OF KARNATAKA,INDIAN RAILWAYS,DR REDDYS LAB,BRIGADE GROUP,ZENSAR TECH,APOLLO HOSPITALS,KPMG INDIA,DELOITTE INDIA,FLEX FOODS,SUNRISE EXPORTS,ORCHID LOGISTICS'.split(
    ',',
  );

/**
 * Names of lenders, as on statements. Nothing but the name tells a lender in a mandate line from another payee, and names
 * are held out, so there are enough that no single one decides the quality of organisations.
 */
export const lenders =
  'BAJAJ FINANCE,TATA CAPITAL,HDFC LTD,ICICI BANK LOANS,MUTHOOT FINANCE,LENDINGKART,HDB FINANCIAL,SHRIRAM FINANCE,CHOLAMANDALAM FIN,ADITYA BIRLA FINANCE,MAHINDRA FINANCE,L AND T FINANCE,POONAWALLA FINCORP,HERO FINCORP,TVS CREDIT,MANAPPURAM FINANCE,IIFL FINANCE,PIRAMAL CAPITAL,KOTAK PRIME,AXIS BANK LOANS,SBI HOME LOANS,LIC HOUSING,PNB HOUSING,CAPRI GLOBAL,NAVI FINSERV,MONEYVIEW,KREDITBEE,INCRED FINANCE'.split(
    ',',
  );
