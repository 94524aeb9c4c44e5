/** Words that mention a label, English and Spanish together. Texts come in lower case and without accents. */
import { chexbertLabels } from "../f1chexbert/labels.ts";

/** The 14 labels in CheXpert's order. */
export const labelNames = chexbertLabels;

export type LabelName = (typeof labelNames)[number];

/** What words that mention a label say by themselves, before any "no" or "possible" is read. */
export type Sense = "finding" | "normal" | "doubtful";

export interface MentionRule {
  readonly label: LabelName;
  readonly sense: Sense;
  readonly pattern: RegExp;
}

function rule(label: LabelName, sense: Sense, ...patterns: readonly string[]): MentionRule {
  return { label, sense, pattern: new RegExp(`\\b(?:${patterns.join("|")})`, "g") };
}

const normal =
  "(?:normal\\w*|unremarkable|within (?:the )?normal|dentro de (?:la normalidad|limites)|sin alteracion\\w*|conservad\\w*)";
const few = "(?:\\W+\\w+){0,4}?\\W+"; // a few words between two of a pattern
const heart =
  "(?:heart|cardiac(?: silhouette| size| contour\\w*)?|silueta cardiaca|corazon|indice cardiotoracico|cardiothoracic (?:ratio|index)|ict)\\b";
const mediastinum = "(?:cardiomediastin\\w*|mediastin\\w+|silueta cardiomediastin\\w*)\\b";
const angles =
  "(?:costophrenic (?:angle|sulc|recess|sinus)\\w*|(?:senos?|angulos?|recesos?) costofrenic\\w*|costofrenic\\w*|cp angle\\w*)";
const lungs =
  "(?:lungs?|lung (?:field|zone|base)s?|pulmon(?:es)?|campos pulmonares|pulmonary parenchyma|parenquima pulmonar)\\b";

/** An old infection or a granulomatous one, a word that an earlier rule has taken (\u0001), is no pneumonia. */
const healed =
  "(?<!(?:\\u0001+|\\btubercul\\w+|\\b(?:histoplasmosis|fungal|prior|previous|old|remote|past|healed|treated)) |\\b(?:sequelae?|residuals?|residua|stigmata) of (?:an? |the )?)";

/** In the order in which they are tried: what one rule has matched is not looked at again. */
export const mentionRules: readonly MentionRule[] = [
  // Normal anatomy, said of the structure.
  rule(
    "Cardiomegaly",
    "doubtful",
    `${heart}${few}(?:upper limit|limite (?:alto|superior))`,
    `${heart}${few}borderline`,
    `borderline (?:enlarged )?${heart}`,
    "borderline cardiomegaly",
    "cardiomegalia (?:limite|incipiente)",
  ),
  rule(
    "Cardiomegaly",
    "normal",
    `${heart}${few}(?:not|no)(?:\\W+\\w+)?\\W+(?:enlarged|aumentad\\w+|agrandad\\w+)`,
    `not enlarged ${heart}`,
  ),
  rule("Cardiomegaly", "normal", `${heart} and (?:the )?mediastin\\w+${few}${normal}`),
  rule(
    "Cardiomegaly",
    "normal",
    `${heart}(?:\\W+(?!enlarg|aument|mild|moderat|marked|increas)\\w+){0,4}?\\W+${normal}`,
    `normal (?:sized? )?(?:in size )?${heart}`,
    "tamano cardiaco normal",
  ),
  rule(
    "Cardiomegaly",
    "finding",
    "cardiomegal\\w*",
    `${heart}${few}(?:enlarged|aumentad\\w+|agrandad\\w+|increased)`,
    `(?:enlarged|enlargement of the|increased|aumento del?) (?:la )?${heart}`,
    "cardiac enlargement",
    "crecimiento (?:de cavidades|cardiaco)",
  ),
  rule(
    "Enlarged Cardiomediastinum",
    "normal",
    `${mediastinum}(?:\\W+(?!widen|enlarg|ensanch|shift)\\w+){0,4}?\\W+${normal}`,
    `normal ${mediastinum}`,
  ),
  rule(
    "Enlarged Cardiomediastinum",
    "finding",
    `(?:widen\\w*|enlarge\\w*|ensancha\\w*|aument\\w+)(?:\\W+\\w+){0,3}?\\W+${mediastinum}`,
    `${mediastinum}(?:\\W+(?:is|are|was|contour\\w*|silhouette|silueta|esta|appears?)){0,3}?\\W+(?:widen\\w*|enlarge\\w*|ensancha\\w*|prominen\\w+)`,
  ),
  rule(
    "Pleural Effusion",
    "normal",
    `${angles}${few}(?:sharp|clear|free|libres?|preserved|normal\\w*|conservad\\w+)`,
    `(?:sharp|clear|free) ${angles}`,
  ),
  rule(
    "Pleural Effusion",
    "doubtful",
    `(?:blunt\\w*|oblitera\\w*|pinzamiento|borramiento|impasti\\w+)(?:\\W+\\w+){0,4}?\\W+${angles}`,
    `${angles}${few}(?:blunt\\w*|oblitera\\w*|pinzad\\w*|borrad\\w*)`,
  ),
  rule(
    "Lung Opacity",
    "normal",
    `${lungs}(?:\\W+(?!opac|infiltr|free)\\w+){0,4}?\\W+(?:clear|limpi\\w+|normal\\w*|unremarkable|sin alteracion\\w*|sin hallazgos)\\b`,
    "clear lungs?",
    `normal ${lungs}`,
  ),
  // Devices before anything that shares their words.
  rule(
    "Support Devices",
    "finding",
    "(?:endotracheal|nasogastric|orogastric|enteric|feeding|chest|tracheostomy|et|ng|thoracostomy|drainage) tubes?",
    "tubes?\\b",
    "tubo\\w*\\b",
    "sondas?\\b",
    "(?:picc|port-?a-?cath|mediport|pacemaker\\w*|pacer\\w*|icd|defibrillat\\w+|catheters?|cateter\\w*|vias? (?:central|venosa)\\w*|marcapasos|desfibrilador\\w*|dai|reservorio\\w*)\\b",
    "(?:central|venous|picc|jugular|subclavian) lines?",
    "lines? (?:or|and) tubes?",
    "lines\\b(?= or tubes)",
    "(?:sternotomy|sternal|cerclage) wires?",
    "(?:sutura\\w*|cerclaje\\w*)(?: de)? (?:la )?esternotomia",
    "(?:surgical|cabg|vascular) (?:clips?|material|hardware|staples?)",
    "clips? (?:quirurgic\\w+|metalic\\w+)",
    "(?:material|grapas) quirurgic\\w+",
    "(?:prosthe\\w+|protesis|stents?|hardware|cannulas?|canula\\w*|support devices?|drenaje\\w*|electrodos?)\\b",
    "(?:chest|pleural|pigtail) drains?",
    "arthroplast\\w+",
    "osteosintesis",
    "(?:spinal|cervical|thoracic|lumbar) (?:fusion|fixation)",
    "suturas?\\b",
    "sutures?\\b",
    "(?:stimulators?|estimulador\\w*)\\b",
    "(?:medical|electronic|implanted|monitoring) devices?",
    "valv\\w+ replacement",
  ),
  // Findings.
  rule("Pneumothorax", "finding", "(?:hydro)?pneumothora\\w+", "(?:hidro)?neumotora\\w+"),
  rule(
    "Pleural Other",
    "finding",
    "(?:pleural|pleuroparenchymal|biapical|apical|fissural)(?:\\W+\\w+){0,1}? (?:thicken\\w*|plaques?|scarring|calcifi\\w+|caps?)",
    "thicken\\w*(?:\\W+\\w+){0,3}? (?:pleura\\w*|fissures?)",
    "(?:engrosamiento|calcificacion\\w*|placas?|casquetes?)(?:\\W+\\w+){0,2}? (?:pleural\\w*|apical\\w*|cisura\\w*|cisural\\w*|pleuroapical\\w*)",
    "paquipleuritis",
    "fibrotora\\w+",
    "apical caps?",
    "pleural caps?",
  ),
  rule(
    "Pleural Effusion",
    "finding",
    "(?:pleural )?effusions?",
    "pleural (?:fluid|liquid)",
    "derrames?(?! pericardic)(?: pleural\\w*)?",
    "liquido pleural",
  ),
  rule(
    "Lung Lesion",
    "finding",
    "nodular (?:opacit\\w+|densit\\w+|lesion\\w*|opacification)",
    "(?:nodul(?:e|o)s?|micronodul\\w+)\\b",
    "(?:mass|masses|masas?)\\b",
    "granuloma\\w*",
    "(?:cavitary|cavitating|cavitated) \\w+",
    "(?:lesion\\w*|imagen\\w*) (?:cavitad\\w+|nodular\\w*|pseudonodular\\w*)",
    "(?:cavitacion|tumou?r|tumoral|neoplas\\w+|carcinoma\\w*|metasta\\w+|lung cancer)\\w*",
  ),
  rule(
    "Edema",
    "finding",
    "(?:pulmonary |interstitial |alveolar )?o?edemas?\\b",
    "vascular (?:pulmonary )?(?:congestion|redistribution)",
    "pulmonary (?:venous )?(?:congestion|vascular congestion)",
    "congestion (?:vascular|pulmonar|venosa|hiliar)",
    "(?:congestive )?heart failure",
    "\\bchf\\b",
    "cephalization",
    "kerley",
    "insuficiencia cardiaca",
    "redistribucion (?:vascular|del flujo)",
    "lineas b de kerley",
    "congestive changes",
    "vascular (?:prominence|engorgement)",
    "congestion\\b",
  ),
  rule(
    "Pneumonia",
    "finding",
    "(?:broncho)?pneumonias?",
    "(?:bronco)?neumon(?:ia|ico)s?",
    `${healed}infection`,
    "infectious (?:process|infiltrate)",
    "(?:proceso|foco) (?:infeccioso|neumonico)",
  ),
  rule("Consolidation", "finding", "consolidat\\w+", "consolidacion\\w*(?! ?ad)", "condensacion\\w*"),
  rule("Atelectasis", "finding", "atelecta\\w+", "(?:lobar |lung )?collapse", "colapso"),
  rule("Fracture", "finding", "fractur\\w+", "callus", "callos?(?: de fractura)?"),
  rule(
    "Fracture",
    "doubtful",
    "(?:vertebral )?compression deformit\\w+",
    "(?:acunamiento|aplastamiento)\\w*",
    "wedg(?:e|ing)\\w*",
  ),
  rule(
    "Lung Opacity",
    "finding",
    "opaci\\w+",
    "infiltra\\w+",
    "(?:interstitial|reticular|reticulonodular|alveolar|patron) (?:pattern|marking|disease|change|density|densities|thickening|intersticial|reticular|reticulonodular|alveolar|micronodular)\\w*",
    "air ?-?space disease",
    "ground[ -]glass",
    "vidrio (?:deslustrado|esmerilado)",
    "(?:increased|aumento de) densi\\w+",
    "densi(?:ty|ties)\\b",
    "fibro(?:sis|tic\\w*|cicatricial\\w*|s[oa]s?)\\b",
    "(?:scar|scars|scarring)\\b",
    "cicatri\\w+",
    "parenchymal bands?",
    "(?:reticular )?markings?\\b(?= in)",
    "reticulation\\w*",
    "haze|haziness",
    "peribronchial (?:thickening|cuffing)",
  ),
];

/** Abnormalities outside the labels: with one of them the text is not a normal one. */
export const otherAbnormality =
  /\b(?:scolio\w+|escolio\w+|kypho\w+|cifo\w+|degenerat\w+|spondyl\w+|espondil\w+|osteophyt\w+|osteofit\w+|osteopeni\w+|osteopor\w+|artrosis|arthri\w+|herni\w+|elongat\w+|elongacion|tortuo\w+|aneurysm\w*|aneurisma|ectasi\w+|unfold\w+|ateroma\w+|athero\w+|calcif\w+|emphysem\w+|enfisem\w+|hyperinfl\w+|hiperinsufl\w+|hyperexpan\w+|flattened|aplanamiento|trapping|atrapamiento|copd|epoc|elevated|elevation|elevacion|eventra\w+|hilar (?:enlarge|prominen|aden|mass)\w*|(?:aumento|prominencia|engrosamiento) hiliar|adenopat\w+|lymphaden\w+|gynecomast\w+|ginecomast\w+|bronchiecta\w+|bronquiecta\w+|tubercul\w+|mastectom\w+|azygos|acigos|cervical rib|costilla cervical|bullae?|bullas?|bulosa\w*|pneumomediast\w+|neumomediast\w+|(?:loss of|low) (?:lung )?volumes?(?: of| loss)?|volume loss|perdida de volumen|lobectom\w+|pneumonectom\w+|neumonectom\w+|goiter|bocio|deformit\w+|deformidad\w*|dextrocardia|situs|bronchitis|bronquitis|sarcoid\w+|cyst\w*|quist\w+|subluxa\w+|luxacion|dislocat\w+|lytic|blastic|litica|blastica|pneumoperiton\w+|neumoperiton\w+)/g;

/** Words that call a study or a part of it normal. */
export const normality =
  /\b(?:normal\w*|unremarkable|negative|clear|sin (?:hallazgos|alteracion\w*|otr[oa]s)|no (?:significant|relevant|acute|other|active|evidence|hallazgos)|no se (?:observan|aprecian|evidencian|identifican|objetivan))/;
