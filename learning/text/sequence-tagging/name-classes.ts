const classes: Readonly<Record<string, string>> = {
  country:
    'afghanistan albania algeria angola argentina armenia australia austria azerbaijan bahamas bahrain bangladesh barbados belarus belgium belize benin bermuda bhutan bolivia bosnia botswana brazil britain brunei bulgaria burma cambodia cameroon canada cayman chile china colombia congo croatia cuba cyprus denmark ecuador egypt england eritrea estonia ethiopia fiji finland france gabon gambia georgia germany ghana greece greenland grenada guatemala guinea guyana haiti honduras hungary iceland india indonesia iran iraq ireland israel italy jamaica japan jordan kazakhstan kenya korea kosovo kuwait laos latvia lebanon lesotho liberia libya lithuania luxembourg macau macao macedonia madagascar malawi malaysia maldives mali malta mauritius mexico moldova monaco mongolia montenegro morocco mozambique myanmar namibia nepal netherlands nicaragua niger nigeria norway oman pakistan palestine panama paraguay peru philippines poland portugal qatar romania russia rwanda samoa scotland senegal serbia singapore slovakia slovenia somalia spain sudan suriname swaziland sweden switzerland syria taiwan tajikistan tanzania thailand tibet togo tonga tunisia turkey uganda ukraine uruguay usa uk us uzbekistan venezuela vietnam wales yemen yugoslavia zambia zimbabwe u.s. u.k. u.s.a.',
  state:
    'alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming maharashtra karnataka kerala gujarat punjab rajasthan bihar odisha assam goa telangana haryana ontario quebec alberta queensland victoria tasmania bavaria',
  city: 'london paris berlin madrid rome vienna moscow tokyo beijing shanghai delhi mumbai bangalore bengaluru chennai kolkata hyderabad pune boston chicago houston dallas atlanta seattle denver miami philadelphia detroit toronto montreal vancouver sydney melbourne dublin edinburgh glasgow manchester birmingham liverpool amsterdam brussels munich hamburg frankfurt zurich geneva stockholm oslo copenhagen helsinki warsaw prague budapest athens istanbul dubai cairo lagos nairobi johannesburg bangkok jakarta manila seoul osaka taipei milan barcelona lisbon lyon',
  nationality:
    'american british english french german italian spanish russian chinese japanese korean indian pakistani canadian australian european african asian dutch swedish norwegian danish finnish polish czech hungarian greek turkish arab arabic israeli jewish iranian iraqi egyptian mexican brazilian argentine cuban irish scottish welsh swiss austrian belgian portuguese roman latin ukrainian romanian bulgarian serbian croatian thai vietnamese indonesian filipino malaysian hindi tamil bengali christian catholic protestant muslim islamic buddhist hindu',
  companyForm:
    'inc inc. ltd ltd. llc llp corp corp. corporation company co co. plc gmbh ag limited pvt partners partnership holdings holding group associates trust bank banking industries technologies systems enterprises ventures capital insurance foundation institute university college agency authority commission committee department ministry association society council court',
  street:
    'street st st. avenue ave road rd lane drive boulevard blvd floor suite building plaza square park highway parkway court room county city town village district province state island river lake mountain valley bay port airport',
  title:
    'mr mr. mrs mrs. ms ms. dr dr. sir lord lady king queen prince princess president chairman director professor prof captain general colonel senator governor minister judge bishop pope saint st. attn name officer secretary ceo',
};

const byWord = new Map(
  Object.entries(classes).flatMap(([name, words]) => words.split(' ').map((word) => [word, name] as const)),
);

/**
 * Class of a lower-case word that is common in names: countries, states, cities, nationalities, company forms, street
 * terms, titles. English. @returns null for any other word.
 */
export const nameClass = (lower: string): string | null => byWord.get(lower) ?? null;
