import { characterClass, NO_SCRIPT } from './shared/older-unicode.js';
import { cutPiece, type Piece } from './split.js';

/** Cuts a piece where the writing changes; a space belongs to any. Spaces at the beginning go, as in the Rust library. */
export function splitByScript(piece: Piece): Piece[] {
  const cuts: number[] = [];
  let last: string | undefined;
  let at = 0;
  for (const character of piece.text) {
    const script = scriptOf(character);
    if (script !== ANY) {
      if (last !== script) cuts.push(at);
      last = script;
    }
    at += character.length;
  }
  return cuts.map((start, i) => cutPiece(piece, start, cuts[i + 1] ?? piece.text.length));
}

const ANY = 'Any';
/** With the space. */
const UNWRITTEN = new RegExp(`^${characterClass(NO_SCRIPT)}$`, 'u');
const known = new Map<string, string>();

function scriptOf(character: string): string {
  const found = known.get(character);
  if (found !== undefined) return found;
  const script = readScript(character);
  if (known.size < 10_000) known.set(character, script);
  return script;
}

/** Kana is written between Chinese characters and counts as such. */
function readScript(character: string): string {
  if (UNWRITTEN.test(character)) return ANY;
  const older = OLDER_SCRIPTS.get(character);
  if (older !== undefined) return older;
  if (character === 'ー' || /^[\p{sc=Hiragana}\p{sc=Katakana}]$/u.test(character)) return 'Han';
  return expressions().find(({ expression }) => expression.test(character))?.name ?? ANY;
}

/** Characters that the Rust library's table puts elsewhere. */
const OLDER_SCRIPTS: ReadonlyMap<string, string> = new Map([
  ['\u0589', 'Common'],
  ['\u061c', 'Common'],
  ['\u0953', 'Devanagari'],
  ['\u0954', 'Devanagari'],
]);

let list: { readonly name: string; readonly expression: RegExp }[] | undefined;

function expressions() {
  list ??= SCRIPTS.split(' ').map((name) => ({ name, expression: new RegExp(`^\\p{sc=${name}}$`, 'u') }));
  return list;
}

/** The scripts of Unicode 13, the commonest first. */
const SCRIPTS =
  'Common Latin Han Inherited Cyrillic Greek Arabic Hebrew Hangul Devanagari Thai Bengali Tamil Telugu Kannada ' +
  'Malayalam Gujarati Gurmukhi Oriya Sinhala Lao Tibetan Myanmar Georgian Armenian Ethiopic Khmer Mongolian Cherokee ' +
  'Canadian_Aboriginal Ogham Runic Bopomofo Yi Old_Italic Gothic Deseret Tagalog Hanunoo Buhid Tagbanwa Limbu Tai_Le ' +
  'Linear_B Ugaritic Shavian Osmanya Cypriot Braille Buginese Coptic New_Tai_Lue Glagolitic Tifinagh Syloti_Nagri ' +
  'Old_Persian Kharoshthi Balinese Cuneiform Phoenician Phags_Pa Nko Sundanese Lepcha Ol_Chiki Vai Saurashtra Kayah_Li ' +
  'Rejang Lycian Carian Lydian Cham Tai_Tham Tai_Viet Avestan Egyptian_Hieroglyphs Samaritan Lisu Bamum Javanese ' +
  'Meetei_Mayek Imperial_Aramaic Old_South_Arabian Inscriptional_Parthian Inscriptional_Pahlavi Old_Turkic Kaithi Batak ' +
  'Brahmi Mandaic Chakma Meroitic_Cursive Meroitic_Hieroglyphs Miao Sharada Sora_Sompeng Takri Caucasian_Albanian ' +
  'Bassa_Vah Duployan Elbasan Grantha Pahawh_Hmong Khojki Linear_A Mahajani Manichaean Mende_Kikakui Modi Mro ' +
  'Old_North_Arabian Nabataean Palmyrene Pau_Cin_Hau Old_Permic Psalter_Pahlavi Siddham Khudawadi Tirhuta Warang_Citi ' +
  'Ahom Anatolian_Hieroglyphs Hatran Multani Old_Hungarian SignWriting Adlam Bhaiksuki Marchen Newa Osage Tangut ' +
  'Masaram_Gondi Nushu Soyombo Zanabazar_Square Dogra Gunjala_Gondi Makasar Medefaidrin Hanifi_Rohingya Sogdian ' +
  'Old_Sogdian Elymaic Nandinagari Nyiakeng_Puachue_Hmong Wancho Chorasmian Dives_Akuru Khitan_Small_Script Yezidi ' +
  'Syriac Thaana';
