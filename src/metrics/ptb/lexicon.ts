/** Words that the tokenizer's rules name (METRICS §5.2). */

/** A pattern of a word in any mixture of cases; `*` before it asks for a capital first letter. */
function anyCase(word: string): string {
  const isProper = word.startsWith("*");
  const letters = [...(isProper ? word.slice(1) : word)].map((letter, i) => {
    if (letter === ".") return "\\.";
    return isProper && i === 0 ? letter.toUpperCase() : `[${letter.toUpperCase()}${letter}]`;
  });
  return letters.join("");
}

/** An alternation of words, longer ones first. */
export function oneOf(words: string): string {
  const list = words.split(/\s+/).sort((a, b) => b.length - a.length);
  return `(?:${list.map(anyCase).join("|")})`;
}

/** Abbreviations that end a sentence where a capital follows: months, days, states of the US, companies, degrees. */
export const abbreviationsBeforeLowerCase = `jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri ala ariz *az *ark calif
colo conn ct dak *del *fla ga *ill ind kan kans ky *la *mass md mich minn *miss mo mont neb nev okla *ore *pa penn tenn *tex va
vt *wash *wis wisc wyo inc co cos corp pty pte ppty ltd plc rt bancorp bhd assn univ intl sys tel est ext sq jr sr bros ed.d
ph.d blvd rd esq etc al seq bldg`;

/** Titles and other abbreviations that a sentence goes on after. */
export const abbreviationsWithinSentence = `mr mrs ms *miss drs dr profs prof sens sen reps rep attys atty lt col gen messrs govs gov adm rev maj sgt cpl
pvt capt st ste ave pres lieut hon brig comdr cmdr pfc spc supts supt det mt ft adj adv asst assoc ens insp mlle mme msgr sfc vs
alex wm jos cie a.k.a cf treas ph invt elec natl mfg mtg dept`;

/** Abbreviations that belong to the number behind them. */
export const abbreviationsBeforeNumbers = "ca fig figs prop no nos art bldg pp op";

/** Words at the beginning of a sentence: a dot before one ends the sentence before. Case-sensitive in the first letter. */
export const sentenceStarts =
  `About According Additionally After An A As At But Earlier He Her Here However If In It Last Many More Mr. Ms. Now
Once One Other Our She Since So Some Such That The Their Then There These They This We When While What Yet You`
    .split(/\s+/)
    .sort((a, b) => b.length - a.length)
    .map((word) => anyCase(`*${word.toLowerCase()}`))
    .join("|");
