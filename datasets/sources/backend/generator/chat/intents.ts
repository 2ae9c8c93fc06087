/**
 * A grammar of one intent: an utterance is a frame with an object in its slot `{o}`. Frames and objects share words
 * within an intent, so that an unseen combination can be classified by its parts. Slots in capitals become entities.
 * Frames that start with `hi:` are Hindi in Latin letters.
 */
export interface Intent {
  readonly name: string;
  readonly weight: number;
  readonly frames: readonly string[];
  readonly objects: readonly string[];
}

const intent = (name: string, weight: number, frames: string, objects: string): Intent => ({
  name,
  weight,
  frames: frames.split('|'),
  objects: objects.split('|'),
});

/** Label of messages that belong to no intent. */
export const OUT_OF_SCOPE = 'out_of_scope';

/** The intents in scope. */
export const intents: readonly Intent[] = [
  intent(
    'check_balance',
    7,
    'what is my {o}|show me the {o} please|how much {o} do I have|tell me {o} now|can you check {o}|hi:mera {o} kitna hai|hi:{o} batao',
    'balance|available balance in {ACCOUNT}|account balance|current balance|balance left in {ACCOUNT}|balance as of {DATE}',
  ),
  intent(
    'transaction_history',
    6,
    'show {o}|list all {o}|I want to see {o}|can you pull up {o}|where can I find {o}|hi:{o} dikhao',
    'my last transactions|transactions on {DATE}|transactions from {MERCHANT}|recent transactions in {ACCOUNT}|payment history with {MERCHANT}|transaction list of {DATE}',
  ),
  intent(
    'spending_summary',
    7,
    'how much did I {o}|tell me how much I {o}|give me a summary of what I {o}|what is the total I {o}|analyse how much I {o}|hi:maine kitna {o} bata do',
    'spend on {CATEGORY} {DATE}|spend at {MERCHANT} {DATE}|spend in {DATE}|spend on {CATEGORY} and {CATEGORY}|spend at {MERCHANT} so far|spend overall {DATE}',
  ),
  intent(
    'forecast_spending',
    4,
    'predict {o}|what will be {o}|how much will I need for {o}|estimate {o} for me|forecast {o}|hi:{o} kitna hoga andaza',
    'my expenses {DATE:next month}|my upcoming {CATEGORY} expenses|expected expenses for {DATE}|my future {CATEGORY} costs|{DATE:next month} outgoings|expected spending by {DATE}',
  ),
  intent(
    'set_budget',
    5,
    'set {o}|I want to create {o}|please make {o}|help me fix {o}|change to {o}|hi:{o} set kar do',
    'a budget of {AMOUNT} for {CATEGORY}|a monthly budget of {AMOUNT}|a {CATEGORY} budget limit of {AMOUNT}|a weekly budget for {CATEGORY}|my budget to {AMOUNT}|a budget cap of {AMOUNT} on {CATEGORY}',
  ),
  intent(
    'budget_status',
    4,
    'am I over {o}|how am I doing against {o}|did I exceed {o}|how close am I to {o}|is there anything left in {o}|hi:kya main {o} se upar hoon',
    'my budget|my {CATEGORY} budget|the budget for {CATEGORY}|my monthly budget {DATE:this month}|the budget I set for {DATE}|budget limit on {CATEGORY}',
  ),
  intent(
    'savings_goal',
    4,
    'I want to save {o}|help me save {o}|start saving {o}|plan how to save {o}|create a goal to save {o}|hi:mujhe bachat karni hai {o}',
    '{AMOUNT} by {DATE}|{AMOUNT} for a vacation|money for a new bike goal|{AMOUNT} every month|up for a wedding by {DATE}|for an emergency fund of {AMOUNT}',
  ),
  intent(
    'bill_due',
    5,
    'when is {o} due|what is the due date of {o}|is {o} pending|remind me when {o} is due|any dues on {o}|hi:{o} ki due date kab hai',
    'my {MERCHANT} bill|the electricity bill|my next bill|the credit card bill on {ACCOUNT}|the {MERCHANT} bill {DATE:this month}|my mobile bill',
  ),
  intent(
    'pay_bill',
    5,
    'pay {o}|please pay {o}|I need to pay {o}|can you clear {o}|settle {o} right away|hi:{o} bhar do',
    'my {MERCHANT} bill|the electricity bill of {AMOUNT}|{AMOUNT} towards the {MERCHANT} bill|the gas bill from {ACCOUNT}|my broadband bill now|the outstanding bill for {MERCHANT}',
  ),
  intent(
    'transfer_money',
    7,
    'send {o}|transfer {o}|I want to transfer {o}|please send {o}|can I send {o}|hi:{o} bhej do',
    '{AMOUNT} to {PERSON}|{AMOUNT} to {PERSON} from {ACCOUNT}|{AMOUNT} to {PERSON} on {DATE}|money to {PERSON}|rent of {AMOUNT} to {PERSON}|{AMOUNT} via upi to {PERSON}',
  ),
  intent(
    'request_money',
    3,
    'ask {o}|request {o}|collect {o}|raise a request for {o}|remind {o}|hi:{o} mangwa do',
    '{PERSON} to pay me back {AMOUNT}|{PERSON} to return my {AMOUNT}|{PERSON} to pay me for dinner|{PERSON} to repay the {AMOUNT} owed to me|{PERSON} to settle the {AMOUNT} they owe me|{PERSON} to give me back {AMOUNT} by {DATE}',
  ),
  intent(
    'card_block',
    5,
    'block {o}|please freeze {o}|I lost {o}|someone stole {o}|hotlist {o} immediately|hi:{o} band karo turant',
    'my card|my debit card {ACCOUNT}|my credit card, it was stolen|my lost card|the card ending {ACCOUNT}|my card since {DATE}, it is missing',
  ),
  intent(
    'card_limit',
    3,
    'increase {o}|what is {o}|can you raise {o}|I want to change {o}|tell me {o}|hi:{o} badha do',
    'my credit limit|the limit on my card {ACCOUNT}|my card limit to {AMOUNT}|the daily card limit|my credit card limit by {AMOUNT}|the spending limit on the card',
  ),
  intent(
    'dispute_transaction',
    6,
    'I did not make {o}|I want to dispute {o}|this is fraud, {o}|report {o} as fraud|raise a dispute for {o}|hi:maine nahi kiya {o} yeh galat hai',
    'the {AMOUNT} charge from {MERCHANT}|a charge at {MERCHANT} on {DATE}|this {MERCHANT} charge|an unauthorised charge of {AMOUNT}|the double charge by {MERCHANT}|a wrong debit of {AMOUNT} on {DATE}',
  ),
  intent(
    'refund_status',
    4,
    'where is {o}|when will I get {o}|I have not received {o}|track {o}|status of {o}|hi:{o} kab milega',
    'my refund|my refund from {MERCHANT}|the {AMOUNT} refund from {MERCHANT}|the refund for my cancelled order at {MERCHANT}|my refund of {AMOUNT}|the refund promised on {DATE}',
  ),
  intent(
    'loan_eligibility',
    4,
    'am I eligible for {o}|can I get {o}|do I qualify for {o}|how big can {o} be for me, am I eligible|check my eligibility for {o}|hi:kya mujhe {o} mil sakta hai',
    'a personal loan|a home loan of {AMOUNT}|a loan of {AMOUNT}|a car loan|a gold loan worth {AMOUNT}|an education loan',
  ),
  intent(
    'apply_loan',
    4,
    'I want to apply for {o}|start an application for {o}|please apply for {o}|submit my application for {o}|how to apply for {o}|hi:{o} ke liye apply karna hai',
    'a personal loan|a home loan of {AMOUNT}|a loan of {AMOUNT}|a car loan|a two wheeler loan worth {AMOUNT}|a business loan',
  ),
  intent(
    'loan_emi_status',
    4,
    'when is {o}|how many {o} are left|what is {o}|did {o} get debited|show {o}|hi:{o} kab katega',
    'my next emi|the emi of {AMOUNT}|my loan emi {DATE:this month}|the remaining emi schedule|the emi on my home loan|the emi from {ACCOUNT} on {DATE}',
  ),
  intent(
    'credit_score',
    4,
    'what is {o}|how can I improve {o}|show {o}|why did {o} drop|check {o} please|hi:{o} kaise badhega',
    'my credit score|my cibil score|the credit score you have for me|my cibil|my credit score since {DATE}|my credit rating score',
  ),
  intent(
    'investment_advice',
    5,
    'where should I invest {o}|suggest how to invest {o}|is it wise to invest {o}|help me invest {o}|best way to invest {o}|hi:kahan invest karu {o}',
    '{AMOUNT}|{AMOUNT} in mutual funds|{AMOUNT} every month in sip|my bonus in stocks|money for ten years in index funds|{AMOUNT} until {DATE}',
  ),
  intent(
    'fixed_deposit',
    3,
    'open {o}|what is the rate on {o}|I want to break {o}|tell me about {o}|can I start {o}|hi:{o} kholna hai',
    'a fixed deposit|an fd of {AMOUNT}|a fixed deposit for one year|a recurring deposit of {AMOUNT}|an fd from {ACCOUNT}|a deposit of {AMOUNT} maturing {DATE}',
  ),
  intent(
    'tax_saving',
    3,
    'how do I save {o}|help me reduce {o}|tips on {o}|which options help with {o}|explain {o}|hi:{o} kaise bachaye',
    'tax under 80c|income tax {DATE:this year}|tax on my salary|capital gains tax|tax before {DATE}|tax on {AMOUNT} of income',
  ),
  intent(
    'update_profile',
    3,
    'change {o}|I need to update {o}|how can I edit {o}|please correct {o}|update {o} in your records|hi:{o} badalna hai',
    'my phone number|my registered address|my email id|the nominee on {ACCOUNT}|my mobile number|my kyc address details',
  ),
  intent(
    'cancel_subscription',
    4,
    'cancel {o}|stop {o}|I want to unsubscribe from {o}|please end {o}|turn off {o}|hi:{o} cancel karwa do',
    'my {MERCHANT} subscription|the {MERCHANT} autopay|the monthly subscription to {MERCHANT}|the autopay mandate of {AMOUNT}|the {MERCHANT} subscription from {DATE}|the recurring mandate for {MERCHANT}',
  ),
  intent(
    'rewards',
    3,
    'how many {o} do I have|redeem {o}|where do I see {o}|when do {o} expire|I want to use {o}|hi:{o} kaise use kare',
    'reward points|my cashback points|rewards on card {ACCOUNT}|cashback rewards from {MERCHANT}|my reward points by {DATE}|cashback earned',
  ),
  intent(
    'upi_issue',
    5,
    'my {o}|why did {o}|help, {o}|there is a problem, {o}|the {o}|hi:{o} ho gaya kya karu',
    'upi payment to {MERCHANT} failed|upi payment of {AMOUNT} got stuck|upi to {PERSON} is pending|upi pin is not working|money got debited but upi failed|upi app failed on {DATE}',
  ),
  intent(
    'account_statement',
    4,
    'send me {o}|download {o}|email {o}|I need {o} as pdf|generate {o}|hi:{o} bhejo mail par',
    'my statement|the account statement for {DATE}|the statement of {ACCOUNT}|a bank statement from {DATE}|the six month statement|my e-statement for {ACCOUNT}',
  ),
  intent(
    'talk_to_agent',
    3,
    'I want to {o}|let me {o}|can I {o}|please let me {o}|is it possible to {o}|hi:mujhe {o} hai',
    'talk to an agent|speak with customer care|talk to a human|speak to a real person in support|chat with customer support agent|speak to your manager, not a bot',
  ),
];

/** Out-of-scope utterances, composed of frames and objects like those of an intent. */
export const outOfScope: Intent = intent(
  OUT_OF_SCOPE,
  1,
  'how do I {o}|tell me how to {o}|can you {o}|I would like to {o}|teach me to {o}|what is the best way to {o}',
  'cook chicken biryani|learn the guitar|fix a flat tyre|grow tomatoes on a balcony|train a puppy|write a poem|solve a rubik cube|lose belly fat|meditate|draw an elephant|play chess|translate a song to tamil|clean a carpet|make masala chai|run a marathon|sleep better at night|book a doctor visit|tell a joke|fold a paper plane|speak french',
);

/** Complete out-of-scope sentences, whose words occur in no other utterance. */
export const strayUtterances: readonly string[] =
  'who won the cricket match|will it rain in the evening|sing something|what is the capital of mongolia|recommend a thriller movie|how tall is mount everest|set an alarm for six|translate hello to japanese|what should I wear|is my train late|who wrote the gitanjali|play some old kishore songs|define photosynthesis|how many planets are there|directions to the nearest park|flip a coin|what time is sunset|tell me a story about a tiger|are you married|which phone camera is good|what is the meaning of life|book a table for two|score of the football game|spell necessary'.split(
    '|',
  );
