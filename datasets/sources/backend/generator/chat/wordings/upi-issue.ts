import { wordings } from './grammar.js';

/** Wordings of `upi_issue`: problems with UPI. */
export const upiIssueWordings = wordings(`
  [my|the|a|] upi [payment|transaction|transfer|] [failed|is failing|got stuck|is stuck|was declined|is pending|is not working|not working|not going through|timed out|did not go through] [at {MERCHANT}|to {PERSON}|{DATE}|]
  [why is|why did|why does|why can't I use] [my|the|] upi [failing|fail|not working|keep failing|declined|not go through] [again|{DATE}|]
  [money|amount|{AMOUNT}] [debited|deducted|cut|gone|left my account] but [the|] [upi|upi payment|gpay payment|phonepe payment|upi transaction] [failed|did not go through|is pending|shows failed|not received]
  [I|we] [can't|cannot|am not able to|am unable to|could not] [pay|send money|receive money|scan|make payments|register|log in] [by|through|with|using|on] [upi|gpay|google pay|phonepe|bhim|the upi app]
  [gpay|google pay|phonepe|bhim|paytm upi|the upi app] [is not working|shows an error|keeps failing|is down|crashes|not connecting|payment failed|is stuck]
  [forgot|I forgot|I don't remember|lost] [my|the] upi [pin|mpin]
  [reset|change|set|create|update] [my|the|a new|] upi [pin|id|password]
  [is|are] [upi|upi servers|the upi service|upi payments] [down|slow|having problems|not working] [now|{DATE:today}|at the moment|]
  [cannot|can't|unable to|not able to|how to] [link|connect|add|register|activate] [my|the] [bank account|account|{ACCOUNT}|number] [to|with|for|on] upi
  [upi|vpa|qr code|upi pin|upi id|upi mandate|upi lite|upi autopay] [error|problem|issue|failure|not found|invalid|blocked|not working|expired] [please help|{DATE}|]
  [paid|I paid|sent|I sent] {AMOUNT} [by|via|through|with] upi [to {MERCHANT}|to {PERSON}|] but [they did not get it|the shop did not receive it|it is still pending|it shows failed]
  [scan and pay|the qr scan|scanning the code|qr payment] [fails|does not work|is not working|gives an error]
  [upi|payment] [shows|says|gives] [error|bank unavailable|processing|success but not received|limit exceeded|wrong pin] [when I pay|again and again|on upi|in the upi app]
  [having|facing|I have|getting] [trouble|a problem|problems|an issue|errors|difficulty] [with|in|while using] [upi|upi payment|my upi id|google pay|phonepe]
  [entered|I entered|typed] [the|] wrong upi pin [too often|three times|], [now it is blocked|what now|]
  [sent|I sent|paid] {AMOUNT} to [a|the] wrong [upi id|number|person] [by upi|on upi|on gpay]
  [kindly|please] [resolve|fix|look into] [the|my] [upi issue|upi problem|failed upi transaction|issue with upi]
  [new|changed my] phone, [upi does not set up|upi not registering|cannot activate upi]
  [failed|stuck|pending|declined] upi [payment|transaction|transfer] [of {AMOUNT}|to {MERCHANT}|{DATE}|]
  hi:upi [nahi chal raha|fail ho gaya|atak gaya|pin bhool gaya|se payment nahi ho raha]
  hi:paise kat gaye [par|lekin] [upi fail|payment nahi hua upi se|upi me pending]
  otp or sms for upi [did not come|not received|never arrives]
`);
