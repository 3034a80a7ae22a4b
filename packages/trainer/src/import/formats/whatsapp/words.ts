/**
 * How the languages of the world write the halves of the day in short times, without dots and spaces: taken from the
 * Unicode CLDR, where WhatsApp takes its dates from.
 */
const BEFORE_NOON =
  'am a vm ag an ጥዋት ص পূৰ্বাহ্ন icheheavo uluchelo pamilau སྔ་དྲོ་ ꮜꮎꮄ بن dop ку lumalwak subbaahi सवेर idiɓa སྔ་ཆ་ ki ŋdi πμ atm kíkíríg قظ subaka ap rn m vorm ma sf de n’ụtụtụ ꎸꄑ fh 午前 오전 mbaꞌmbaꞌ utuko isuk ntufat ĩyakwakya muhi adduha kiroko krn makeo sárúwá bn тң too moies ntɔ́ngɔ́ ກ່ອນທ່ຽງ priešpiet dinda od priekšp भोर ɛnkakɛnyá rũ wichishu претпл үө নুমাং pg comme နံနက် ǁgoagas पूर्वाह्न maná fm mbaʼámbaʼ rw wd zmu kang’ama эи tesiran lwamilawu صبح ib nd ⵜⵉⴼⴰⵡⵜ පෙව gh pd taparachu ቅቀ goöň hh öö zdatazal چب дп to sa sub munkyo kiɛmɛ́ɛm פֿאַרמיטאָג àárọ̀ 上晝 上午 凌晨 清晨 早上 ព្រឹក ก่อนเที่ยง sáng sa ร म सकाळी मपू मपु'
const AFTER_NOON =
  'pm p nm ak anw ከሰዓት م অপৰাহ্ন ichamthi akasuba pamunyi ཕྱི་དྲོ་ gm ꮢꭿᏹꭲ دن odp кх lumalwap zaarikayb स’ञ wótp ebyámu ཕྱི་ཆ་ ut ɣetrɔ μμ ptm ngəgógəle بظ kikiiɗe in f nam mo ym pop du n’abalị ꁯꋒ eh 午後 오후 ŋkambɔ́tnji kyiukonyi wengi ntmeddit ĩyawĩoo chilo aluula hwaĩ-inĩ koosk nyiaghuo cɛɛ́nko pn тк muu nomëttes mpókwa ຫຼັງທ່ຽງ popiet dilolo ot pēcp सांझ ɛndámâ ũg mchochil’l попл үх ptg lilli ညနေ ǃuias अपराह्न kugú em ncwònzém tŋ wb fi zmw kingoto эк teipa pashamihe شام eb lk ⵜⴰⴷⴳⴳⵡⴰⵜ පව ep gd md ebongi ድቀ gosoň ea ös ḍeffiraza چك пп tk ch ngo eigulo kisɛ́ndɛ נאָכמיטאָג ọ̀sán 下晝 下午 中午 晚上 រសៀល หลังเที่ยง chiều मउ दुपारी'

const HALVES = new Map<string, 'am' | 'pm'>()
for (const word of BEFORE_NOON.split(' ')) HALVES.set(word, 'am')
for (const word of AFTER_NOON.split(' ')) HALVES.set(word, 'pm')

/** Which half of the day a word in a time names; none for the likes of `klo` and `г.` */
export function half(word: string): 'am' | 'pm' | undefined {
  return HALVES.get(
    word
      .normalize('NFKC')
      .replace(/\p{Cf}|[\s.,،،]/gu, '')
      .toLowerCase(),
  )
}

/** What stands for a picture or a recording that was left out of the export, in the languages that most exports are in. */
const LEFT_OUT = [
  'media omitted|medien ausgeschlossen|médias omis|multimedia omitido|archivo omitido|media omessi|media weggelaten',
  'mídia oculta|arquivo de mídia oculto|ficheiro não revelado|без медиафайлов|media utelämnad|mediefil udeladt',
  'medieinnhold utelatt|pominięto multimedia|média vynechány|medya dahil edilmedi|media tidak disertakan|null',
  'تم استبعاد الوسائط|המדיה לא נכללה|मीडिया के बिना|省略多媒体文件|省略多媒體檔案|メディアは含まれていません|미디어 파일을 제외한 대화내용',
].join('|')
const OMITTED =
  'omitted|weggelassen|ausgelassen|omise?|omitid[oa]|omess[oa]|weggelaten|utelämnad|udeladt|utelatt|pominięto|ocult[oa]|опущен[оаы]?|dahil edilmedi|省略|忽略'

export const leftOut = new RegExp(`^<?(?:${LEFT_OUT})>?$`, 'iu')
export const omitted = new RegExp(`(?:${OMITTED})\\S*$`, 'iu')
