/** What an officer writes: an empty sheet, what is sent of it, and where a finding is mended. */
import type { AlertDetail, Content, Place, WarnKind } from '../shapes'

export interface Sheet extends Omit<Content, 'regions'> {
  regions: Place[]
}

export const emptySheet = (): Sheet => ({
  kind: '',
  hazard: '',
  level: null,
  regions: [],
  area: null,
  place: '',
  caution: '',
  measures: '',
  issuer: '',
  effective_at: null,
  expires_at: null,
  title: '',
  text: '',
})

export const sentOf = (sheet: Sheet): Content => ({
  ...sheet,
  regions: sheet.regions.map(({ code }) => code),
})

const word = (value: unknown) => (typeof value === 'string' ? value : '')

/** An alert that was written before, as a sheet to go on with. */
export const sheetOf = (alert: AlertDetail): Sheet => ({
  kind: alert.kind,
  hazard: alert.hazard,
  level: alert.level,
  regions: alert.regions,
  area: alert.area,
  place: alert.place,
  caution: word(alert.parts.caution),
  measures: word(alert.parts.measures),
  issuer: alert.station,
  effective_at: alert.effective_at,
  expires_at: alert.expires_at,
  title: alert.parts['own-words'] ? alert.title : '',
  text: alert.parts['own-words'] ? alert.text : '',
})

/** Enough that there is something to put into words: the kind, and the hazard and level it asks for. */
export const begun = (sheet: Sheet, kind: WarnKind | undefined): boolean =>
  kind !== undefined &&
  (!kind.hazards.length || kind.hazards.includes(sheet.hazard)) &&
  (!kind.levels.length || sheet.level !== null)
