export { energy, scopeScore } from './calibration.js'
export { type Model, readModel } from './card.js'
export { type Head, likeness, logitsOf, writeHead } from './head.js'
