/** Figures of forecasts as pages say them; what is not known is said, never nought. */
import { msg, t } from '@/locale'
import { moment } from '@/locale/figures'
import { figure } from '@/sense/value'

/** "08-10 03:20": the year of what is ahead goes without saying. */
export const shortly = (when: string | number | null | undefined): string => {
  const told = moment(when)
  return told.length > 5 ? told.slice(5) : told
}

export const percent = (value: number | null | undefined): string =>
  value === null || value === undefined ? t('未知') : `${Math.round(value * 100)} %`

/** A figure with its unit, or that it is not known. */
export const known = (value: number | null | undefined, unit: string, decimals = 1): string =>
  value === null || value === undefined ? t('未知') : `${figure(value, decimals)} ${unit}`

/** When something is reached: not within what is looked at, already, or in so many hours. */
export function within(hours: number | null, ahead: number | null): string {
  if (hours === null) return t('{n} 小时内不到', { n: ahead ?? 0 })
  return hours === 0 ? t('已经到了') : t('{n} 小时', { n: hours })
}

/** The forces of wind whose chances a run tells. */
export const FORCES = [
  { force: 8, key: 'wind-8', label: msg('八级'), more: msg('八级以上') },
  { force: 10, key: 'wind-10', label: msg('十级'), more: msg('十级以上') },
  { force: 12, key: 'wind-12', label: msg('十二级'), more: msg('十二级以上') },
]
