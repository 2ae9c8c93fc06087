/** Kinds of loan as the backend writes them; the closed list of the categorical feature `kind`. */
export const loanKinds = ['personal', 'home', 'vehicle', 'education', 'gold', 'card_emi', 'other'] as const;

/** Kinds of employment as the backend writes them. */
export const employments = ['salaried', 'self_employed', 'student', 'retired', 'unemployed'] as const;

/** The bank's decision on an application. */
export const decisions = ['approved', 'declined'] as const;
