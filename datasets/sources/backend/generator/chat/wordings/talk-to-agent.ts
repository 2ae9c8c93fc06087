import { wordings } from './grammar.js';

/** Wordings of `talk_to_agent`: asking for a human. */
export const talkToAgentWordings = wordings(`
  [talk|speak|chat] [to|with] [a|an|the|some] [person|human|agent|representative|executive|advisor|officer|somebody|manager|supervisor]
  [I want to|I need to|I'd like to|I would like to|let me|can I|could I|may I|want to|need to] [talk|speak|chat] [to|with] [someone|somebody|a human|a person|an agent|a representative|customer care|your staff|a manager|support]
  [connect|transfer|put|forward|pass] me [to|through to|over to] [an agent|a human|customer care|customer service|support|a person|an executive|the branch|someone]
  [agent|human|operator|representative|customer care|customer service|live agent|real person|live chat|call centre] [please|pls|now|]
  [call me|call me back|give me a call|arrange a callback|have someone call me|phone me] [please|now|{DATE}|]
  [customer care|customer service|helpline|support|toll free|contact|phone] [number|no] [please|of the bank|]
  [get|give|find] me [a human|a person|someone|somebody|an agent|a real person|your supervisor] [who can help|please|now|]
  [this bot|this chat|the bot|this|the assistant] is [useless|not helping|no help|stupid|annoying], [I want a person|get me an agent|connect me to someone|let me talk to a human]
  [I don't want|I do not want|no more] [a robot|a bot|automatic answers|a machine|to chat with a bot], [human please|give me a person|real agent|]
  [you don't understand me|you are not understanding|that did not help|this is not working], [I want an agent|connect me|human|let me speak to someone]
  [is|are] there [a|any|some] [human|person|people|agent|staff|one] [I can talk to|available|there|I can speak with]
  [how|where] [do I|can I] [contact|reach|call|get in touch with] [you|support|customer care|the bank|a person|somebody]
  [kindly|please] [connect me|arrange a call|put me in touch] with [a customer support executive|an officer|your team|a bank official|my relationship manager]
  [escalate|raise] this [to a manager|to your supervisor|to a senior|please|]
  I want to [complain|make a complaint|discuss this] [to|with] [a person|someone|the manager|a human]
  hi:[kisi|ek] [insaan|agent|aadmi|manager|adhikari] se [baat karni hai|baat karao|baat karwa do]
  hi:customer care [se baat karni hai|ka number do|se connect karo]
  [someone from|anyone from|anybody in] [support|the bank|your team] [please|there|available|call me]
  need [help from|assistance from] [a person|an agent|an executive|a human]
`);
