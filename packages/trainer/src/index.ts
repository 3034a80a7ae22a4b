export { normalise } from './data/choose.js'
export { type Example, readExamples, type Split } from './data/read.js'
export { divide, OUT_OF_SCOPE, type Parts } from './data/split.js'
export { readStore } from './data/store.js'
export type { Role, Transcript, Turn } from './data/transcript.js'
export { type Evaluation, evaluate, predict } from './evaluate.js'
export type { TrainerEvent } from './fit.js'
export { type Import, type ImportOptions, type ImportReport, importChats, type SourceReport } from './import/run.js'
export { writeTranscripts } from './import/write.js'
export { type Change, type Comparison, compare, type Difference, type Gate } from './judge/compare.js'
export { compareLive, type LiveComparison, type Outcome } from './judge/live.js'
export { history, type Promotion, promote, rollBack } from './judge/promote.js'
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
