/** How hard a password seems to be to guess. */
export type Strength = "tooShort" | "weak" | "fair" | "good";

/** The fewest characters that the server takes. */
export const SHORTEST = 10;

/** Fewer guesses than 10 to this: whoever tries many an hour gets in. */
const WEAK_BELOW = 6;
/** As many guesses as 10 to this keep a password also if its hash is stolen: what the server asks for. */
const GOOD_FROM = 8;

/** What one character that follows no pattern multiplies the guesses by, as a power of 10. */
const PER_CHARACTER = 1;
/** What a word that everybody knows is worth: it is among the first 30,000 that are tried. */
const PER_WORD = 4.5;
/** What is tried before everything else. */
const PER_GIVEN = 1;

/** What stands in nearly every password of a stolen list. */
const FAVOURITES =
  /passwor[dt]|passw0rd|pa[s$]{2}|letmein|welcome|admin|qwert[yz]?|asdf|iloveyou|dragon|monkey|football|baseball|master|hello|secret|login|summer|winter|spring|autumn|princess|sunshine|shadow|superman|freshtrack|changeme|test|abc|love/g;
/** Years of a life, and dates. */
const DATES = /(19|20)\d\d|\d{1,2}[./-]\d{1,2}([./-]\d{2,4})?/g;
/** The same character, or the same few, again and again. */
const REPEATED = /(.{1,4}?)\1{2,}|(.)\2{2,}/gu;
/** Letters that can be said: likely a word. */
const WORD = /(?=\p{L}*[aeiouyäöüàáèéíóú])\p{L}{3,}/gu;

/**
 * How hard `password` seems to be to guess, by whoever knows the words in `known` too.
 *
 * It is advice while typing and errs on the strict side. The server judges: it has the lists of words and of stolen
 * passwords, which are too much to send to every browser.
 */
export function strengthOf(password: string, known: readonly string[] = []): Strength {
  if ([...password].length < SHORTEST) return "tooShort";
  const guesses = guessesOf(password.toLowerCase(), known);
  if (guesses < WEAK_BELOW) return "weak";
  return guesses < GOOD_FROM ? "fair" : "good";
}

/** How many guesses it takes, as a power of 10. */
function guessesOf(password: string, known: readonly string[]): number {
  let rest = password;
  let guesses = 0;
  /** Takes what `pattern` finds out of the rest; each find is worth what `worth` says. */
  const take = (pattern: RegExp | string, worth: (found: string) => number): void => {
    rest = rest.replaceAll(pattern, (found) => {
      guesses += worth(found);
      // What stood on its two sides is no word together.
      return "\0";
    });
  };
  for (const word of wordsOf(known)) take(word, () => PER_GIVEN);
  take(REPEATED, () => PER_GIVEN);
  for (const run of sequencesOf(rest)) take(run, () => PER_GIVEN);
  take(FAVOURITES, () => PER_GIVEN);
  take(DATES, () => 2);
  take(WORD, (word) => Math.min(PER_WORD, word.length * PER_CHARACTER));
  return guesses + PER_CHARACTER * rest.replaceAll("\0", "").replaceAll(/\s/g, "").length;
}

/** Words of three letters and more, the longest first, or parts of it would be left. */
function wordsOf(texts: readonly string[]): string[] {
  const words = texts.flatMap((text) => [text, ...text.split(/[\s@.+_-]/)]).map((word) => word.trim().toLowerCase());
  return [...new Set(words)].filter((word) => word.length > 2).sort((a, b) => b.length - a.length);
}

const ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop"];
/** Fewer than this in a row are chance. */
const SHORTEST_RUN = 4;

/** Parts of `text` that go on as the alphabet, the digits or the keys of a keyboard do, in either direction. */
function sequencesOf(text: string): string[] {
  const rows = ["abcdefghijklmnopqrstuvwxyz", "01234567890", ...ROWS];
  const all = [...rows, ...rows.map((row) => [...row].reverse().join(""))];
  const follows = (pair: string) => all.some((row) => row.includes(pair));
  const runs: string[] = [];
  let run = "";
  for (const character of text) {
    if (run !== "" && follows(run.slice(-1) + character)) {
      run += character;
      continue;
    }
    runs.push(run);
    run = character;
  }
  return [...runs, run].filter((found) => found.length >= SHORTEST_RUN);
}
