import type { Random } from '../../../../learning/numeric/random/index.js';
import { pick } from './draws.js';
import { familyCount } from './families.js';

const firstNames =
  'Aarav,Aditi,Ajay,Akash,Amit,Amrita,Ananya,Anil,Anita,Anjali,Arjun,Asha,Ashok,Bhavna,Chetan,Deepa,Deepak,Devika,Dinesh,Divya,Farhan,Gaurav,Geeta,Gopal,Harish,Harpreet,Hemant,Imran,Indira,Ishaan,Jaya,Jyoti,Kabir,Kamal,Karan,Kavita,Kavya,Keshav,Kiran,Lakshmi,Lalit,Leela,Madhav,Mahesh,Manish,Manju,Meena,Meera,Mohan,Mohit,Mukesh,Nadia,Naveen,Neha,Nikhil,Nisha,Nitin,Omkar,Pallavi,Pankaj,Pooja,Pradeep,Pranav,Preeti,Priya,Rahul,Rajesh,Rakesh,Ramesh,Rashmi,Ravi,Rekha,Ritu,Rohan,Rohit,Rukmini,Sachin,Sagar,Salman,Sameer,Sandeep,Sangeeta,Sanjay,Sarita,Seema,Shalini,Shankar,Shilpa,Shreya,Shweta,Siddharth,Simran,Sneha,Sohail,Sonal,Sudha,Suman,Sunil,Sunita,Suresh,Sushma,Swati,Tanvi,Tarun,Tejas,Uma,Umesh,Usha,Vandana,Varun,Vasant,Vidya,Vijay,Vikas,Vikram,Vinay,Vinod,Vishal,Yamini,Yash'.split(
    ',',
  );
const surnames =
  'Sharma,Verma,Gupta,Iyer,Nair,Reddy,Patel,Shah,Mehta,Joshi,Kulkarni,Deshpande,Rao,Menon,Pillai,Das,Ghosh,Mukherjee,Singh,Kaur,Khan,Ansari,Yadav,Mishra,Tiwari,Chauhan,Bose,Naidu,Hegde,Shetty'.split(
    ',',
  );

/** A name and its text group. */
export interface Person {
  readonly name: string;
  readonly family: number;
}

/** First names of a family: each belongs to exactly one; surnames are shared by all. */
const firstNamesOf = (family: number): readonly string[] =>
  firstNames.filter((_, index) => index % familyCount === family);
const perFamily = Array.from({ length: familyCount }, (_, family) => firstNamesOf(family));

/** A random person of one family, with or without surname. */
export function personOfFamily(random: Random, family: number): Person {
  const first = pick(random, perFamily[family]!);
  const name = random.uniform() < 0.5 ? first : `${first} ${pick(random, surnames)}`;
  return { name, family };
}

/** A random person of any family, with full name. */
export function drawPerson(random: Random): Person {
  const family = random.integer(familyCount);
  return { name: `${pick(random, perFamily[family]!)} ${pick(random, surnames)}`, family };
}
