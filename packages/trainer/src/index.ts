export { normalise } from './data/choose.js'
export { type Example, readExamples, type Split } from './data/read.js'
export { divide, OUT_OF_SCOPE, type Parts } from './data/split.js'
export { readStore, type Transcript, type Turn } from './data/store.js'
export { type Evaluation, evaluate } from './evaluate.js'
export type { TrainerEvent } from './fit.js'
export { writeTranscripts } from './import.js'
export {
  type Confusion,
  type IntentScores,
  type Prediction,
  type ReliabilityBin,
  type Scores,
  score,
} from './metrics.js'
export { environmentFolder, findPython, requirements } from './python.js'
export { type ReportSubject, report } from './report/report.js'
export { type Trained, type TrainHost, type TrainOptions, train } from './train.js'
