/** Figures as a wall writes them, with a true minus; what is not known is a dash. */
import { isEnglish } from '@/locale'

export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined) return '—'
  const figures = Math.abs(value).toLocaleString(isEnglish.value ? 'en-GB' : 'zh-CN', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return (value < 0 ? '−' : '') + figures
}

/** With its sign; a dash where it is not known. */
export function signed(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined) return '—'
  if (value === 0) return '±0'
  return (value > 0 ? '+' : '') + number(value, digits)
}

/** Add up what is known; not known when nothing is. */
export function sum(values: (number | null)[]): number | null {
  const known = values.filter((one): one is number => one !== null)
  return known.length ? known.reduce((all, one) => all + one, 0) : null
}

/** How much of a whole, 0 to 1; nothing where either is not known. */
export function share(part: number | null, whole: number | null): number {
  return part !== null && whole ? Math.max(0, Math.min(1, part / whole)) : 0
}
