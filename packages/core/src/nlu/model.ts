export { answer, energy, scopeScore } from './calibration.js'
export { type Model, readModel } from './card.js'
export { type Head, logitsOf, nearestExemplar, ranked, writeHead } from './head.js'
