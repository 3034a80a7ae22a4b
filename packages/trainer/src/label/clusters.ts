/** Members of one cluster, as indices. */
export type Cluster = number[]

/** Texts as near as this are put together at once, which keeps the rest small. */
const SAME = 0.9

/** Groups that are clustered with one another at most; with more, texts that are less near are put together at once. */
const MOST = 4000

interface Group {
  members: number[]
  sum: Float32Array
}

/**
 * Clusters vectors of unit length: agglomerative, average linkage on the cosine, by the nearest-neighbour chain (Murtagh
 * 1983), where the mean likeness of two clusters follows from the sums of their vectors. Two clusters are joined while that
 * is at least `likeness`.
 *
 * @returns clusters of at least `least` members, the largest first
 */
export function clustersOf(vectors: readonly Float32Array[], likeness = 0.55, least = 5): Cluster[] {
  let groups = leaders(vectors, SAME)
  for (let at = SAME; groups.length > MOST && at - 0.05 > likeness; at -= 0.05) groups = leaders(vectors, at - 0.05)
  return chain(groups, likeness)
    .filter(({ members }) => members.length >= least)
    .map(({ members }) => members.sort((a, b) => a - b))
    .sort((a, b) => b.length - a.length || (a[0] as number) - (b[0] as number))
}

/** One pass: each vector joins the first group whose first member is near enough. */
function leaders(vectors: readonly Float32Array[], near: number): Group[] {
  const groups: (Group & { leader: Float32Array })[] = []
  for (const [i, vector] of vectors.entries()) {
    const group = groups.find(({ leader }) => product(leader, vector) >= near)
    if (group) {
      group.members.push(i)
      add(group.sum, vector)
    } else groups.push({ leader: vector, members: [i], sum: Float32Array.from(vector) })
  }
  return groups
}

function chain(groups: Group[], likeness: number): Group[] {
  const active = new Set(groups)
  const done: Group[] = []
  const path: Group[] = []
  while (active.size > 0) {
    const tip = path.at(-1) ?? (active.values().next().value as Group)
    if (path.length === 0) path.push(tip)
    const before = path.at(-2)
    let nearest = before
    let most = before ? linkage(tip, before) : Number.NEGATIVE_INFINITY
    for (const other of active) {
      if (other === tip || other === before) continue
      const value = linkage(tip, other)
      if (value > most) [nearest, most] = [other, value]
    }
    if (nearest === undefined || most < likeness) {
      // Nothing is near enough to the tip, and joining others brings nothing nearer: average linkage is reducible.
      path.pop()
      active.delete(tip)
      done.push(tip)
    } else if (nearest === before) {
      path.length -= 2
      active.delete(tip)
      active.delete(before)
      add(before.sum, tip.sum)
      const joined = { members: [...before.members, ...tip.members], sum: before.sum }
      active.add(joined)
    } else path.push(nearest)
  }
  return done
}

function linkage(a: Group, b: Group): number {
  return product(a.sum, b.sum) / (a.members.length * b.members.length)
}

function product(a: Float32Array, b: Float32Array): number {
  let total = 0
  for (let i = 0; i < a.length; i++) total += (a[i] as number) * (b[i] as number)
  return total
}

function add(to: Float32Array, vector: Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + (vector[i] as number)
}
