/** Which official warnings bear on what a page forecasts; an officer weighs them together. */
const BEARING: Record<string, string[]> = {
  typhoon: ['typhoon', 'gale', 'sea-gale'],
  'storm-surge': ['storm-surge', 'typhoon', 'sea-wave'],
  'flash-flood': ['flash-flood', 'rainstorm', 'geological', 'flood'],
  reservoirs: ['dam-danger', 'flood', 'flash-flood', 'rainstorm'],
}

/** The address that lists those in force, of one page or of all. */
export function officialOf(page: string): string {
  const hazards = page ? (BEARING[page] ?? [page]) : [...new Set(Object.values(BEARING).flat())]
  return `/alerts?state=in-force&relayed=true&hazard=${hazards.join(',')}`
}
